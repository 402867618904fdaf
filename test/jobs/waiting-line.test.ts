import { expect, it } from 'vitest';
import { WaitingLine } from '../../src/jobs/waiting-line.ts';

it('keeps the order of a stable sort by priority through any additions and removals', () => {
  const line = new WaitingLine();
  const expected: { id: string; priority: number }[] = [];
  let state = 12345;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let i = 0; i < 500; i++) {
    if (random(3) === 0 && expected.length > 0) {
      const [gone] = expected.splice(random(expected.length), 1);
      line.remove(gone!);
      expect(line.position(gone!)).toBeNull();
    } else {
      const place = { id: `id-${String(i).padStart(4, '0')}`, priority: random(5) - 2 };
      expected.push(place);
      line.add(place);
    }
    const order = expected.toSorted((a, b) => b.priority - a.priority);
    expect(line.size).toBe(order.length);
    expect(line.first).toBe(order[0]?.id);
    expect(order.map((place) => line.position(place))).toEqual(order.map((_, index) => index));
  }
});

it('ignores the removal of a job that is not in it', () => {
  const line = new WaitingLine();
  line.add({ id: 'a', priority: 0 });
  line.remove({ id: 'b', priority: 0 });
  expect(line.size).toBe(1);
});
