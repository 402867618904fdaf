import { describe, expect, it } from 'vitest';
import { type Place, WaitingLine } from '../../src/jobs/waiting-line.ts';

/** The same numbers at every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const place = (n: number, owner = '', priority = 0): Place => ({
  id: `id-${String(n).padStart(4, '0')}`,
  priority,
  owner,
});

/** The owners of the jobs in the order in which they run. */
const owners = (line: WaitingLine, places: Place[]): string =>
  [...line.inOrder()].map((id) => places.find((one) => one.id === id)!.owner).join('');

describe('WaitingLine', () => {
  it('keeps the order of a stable sort by priority where all have one owner', () => {
    const line = new WaitingLine();
    const expected: Place[] = [];
    const random = generator(12345);
    for (let i = 0; i < 500; i++) {
      if (random(3) === 0 && expected.length > 0) {
        const [gone] = expected.splice(random(expected.length), 1);
        line.remove(gone!.id);
        expect(line.position(gone!.id)).toBeNull();
      } else {
        const next = place(i, '', random(5) - 2);
        expected.push(next);
        line.add(next);
      }
      const order = expected.toSorted((a, b) => b.priority - a.priority);
      expect(line.size).toBe(order.length);
      expect(line.first).toBe(order[0]?.id);
      expect(order.map((one) => line.position(one.id))).toEqual(order.map((_, index) => index));
    }
  });

  it('gives positions that agree with its order, whatever comes, starts, returns and goes', () => {
    const line = new WaitingLine();
    const random = generator(99);
    const waiting = new Map<string, Place>();
    const running: Place[] = [];
    for (let i = 0; i < 2000; i++) {
      const action = random(10);
      const some = [...waiting.values()][random(Math.max(1, waiting.size))];
      if (action < 5) {
        const next = place(i, 'abcd'[random(4)], random(2));
        waiting.set(next.id, next);
        line.add(next);
      } else if (action < 8 && line.first !== undefined) {
        const next = waiting.get(line.first)!;
        waiting.delete(next.id);
        running.push(next);
        line.start(next.id);
      } else if (action < 9 && some) {
        waiting.delete(some.id);
        line.remove(some.id);
      } else if (running.length > 0) {
        const back = running.pop()!;
        waiting.set(back.id, back);
        line.add(back);
      }
      const order = [...line.inOrder()];
      expect(order.toSorted()).toEqual([...waiting.keys()].toSorted());
      expect(order.map((id) => line.position(id))).toEqual(order.map((_, index) => index));
    }
  });

  it('serves every owner once before one of them twice, as long as they all wait', () => {
    const line = new WaitingLine();
    const places = 'aaaaaaaaaabbbbbccc'.split('').map((owner, i) => place(i, owner));
    for (const one of places) line.add(one);
    expect(owners(line, places)).toBe('abcabcabcababaaaaa');
  });

  it('lets owners who send one job after the other take turns with one who sent many', () => {
    const line = new WaitingLine();
    const places = Array.from({ length: 10 }, (_, i) => place(i, 'a'));
    for (const one of places) line.add(one);
    let served = '';
    for (let i = 10; i < 18; i++) {
      const next = places.find(({ id }) => id === line.first)!;
      served += next.owner;
      line.start(next.id);
      if (next.owner === 'b' || i === 10) {
        const again = place(i, 'b');
        places.push(again);
        line.add(again);
      }
    }
    expect(served).toBe('abababab');
  });

  it('gives a job that failed and waits again its place before the others of its owner', () => {
    const line = new WaitingLine();
    const places = [place(0, 'a'), place(1, 'a'), place(2, 'b')];
    for (const one of places) line.add(one);
    line.start(places[0]!.id);
    line.add(places[0]!);
    expect([...line.inOrder()]).toEqual([place(0), place(2), place(1)].map(({ id }) => id));
  });

  it('ignores the removal and the start of a job that is not in it', () => {
    const line = new WaitingLine();
    line.add(place(1));
    line.remove(place(2).id);
    line.start(place(2).id);
    expect([...line.inOrder()]).toEqual([place(1).id]);
  });
});
