import { describe, expect, it } from 'vitest';
import { entryAt, scheduleOf } from '../../../../src/engine/text/a1111/schedule.ts';

const schedule = (part: string, steps = 20, stepsBefore?: number) =>
  scheduleOf(part, { steps, ...(stepsBefore !== undefined && { stepsBefore }) }).map(({ end, text }) => [
    end,
    text,
  ]);

describe('scheduleOf', () => {
  it.each([
    [
      'switches at a share of the steps',
      'a [b:c:0.25] d',
      [
        [5, 'a b d'],
        [20, 'a c d'],
      ],
    ],
    [
      'switches after a step',
      '[b:c:7]',
      [
        [7, 'b'],
        [20, 'c'],
      ],
    ],
    [
      'adds and takes away',
      '[b:3]x[c::5]',
      [
        [3, 'xc'],
        [5, 'bxc'],
        [20, 'bx'],
      ],
    ],
    [
      'truncates as double precision does',
      '[a:b:0.29] [c:d:0.58]',
      [
        [5, 'a c'],
        [11, 'b c'],
        [20, 'b d'],
      ],
    ],
    [
      'nests',
      '[a:[b:c:12]:4]',
      [
        [4, 'a'],
        [12, 'b'],
        [20, 'c'],
      ],
    ],
    [
      'starts with what comes after where the switch lies before the run',
      '[a:b:-3] [c:d:0.01]',
      [[20, 'b d']],
    ],
    ['never switches at 1.0', '[a:b:1.0]', [[20, 'a']]],
    [
      'keeps the weights of groups as text',
      '(a:[b:c:5]:1.2)',
      [
        [5, '(a:b:1.2)'],
        [20, '(a:c:1.2)'],
      ],
    ],
    [
      'keeps three colons as text, and the groups within',
      '[a:[b:c:5]:d:3]',
      [
        [5, '[a:b:d:3]'],
        [20, '[a:c:d:3]'],
      ],
    ],
    [
      'keeps an escape',
      '[a\\:x:b:5]',
      [
        [5, 'a\\:x'],
        [20, 'b'],
      ],
    ],
    [
      'lets a group win over a bracket that follows it',
      '[a:b:5]] x',
      [
        [5, 'a] x'],
        [20, 'b] x'],
      ],
    ],
    ['is all literal with a bar outside an alternation', 'a | [b:c:5]', [[20, 'a | [b:c:5]']]],
    ['is all literal with a bar in a switch', '[a|b:c:5]', [[20, '[a|b:c:5]']]],
    ['is all literal with a backslash at its end', '[a:b:5]\\', [[20, '[a:b:5]\\']]],
    ['is all literal with a backslash before a line end', '[a:b:5]\\\n', [[20, '[a:b:5]\\\n']]],
  ])('%s', (_what, part, expected) => {
    expect(schedule(part)).toEqual(expected);
  });

  it('alternates from step to step, with empty items, at each of its depths', () => {
    expect(schedule('[a||b]', 4)).toEqual([
      [1, 'a'],
      [2, ''],
      [3, 'b'],
      [4, 'a'],
    ]);
    expect(schedule('[a|[b|c]]', 4)).toEqual([
      [1, 'a'],
      [2, 'c'],
      [3, 'a'],
      [4, 'c'],
    ]);
    expect(schedule('[a|b [c:d:2]]', 4)).toEqual([
      [1, 'a'],
      [2, 'b c'],
      [3, 'a'],
      [4, 'b d'],
    ]);
  });

  it('counts a second pass from the end of the first', () => {
    expect(schedule('[a:b:0.5] [c:d:1.5] [e:f:24]', 10, 20)).toEqual([
      [4, 'b c e'],
      [5, 'b c f'],
      [10, 'b d f'],
    ]);
  });

  it('reads groups within a hundred others in no time', () => {
    const start = performance.now();
    const depth = 100;
    const [end] = schedule('['.repeat(depth) + 'a|b' + '|c]'.repeat(depth), 2);
    expect(end).toEqual([1, 'a']);
    schedule('[('.repeat(depth / 2) + 'x '.repeat(4_000));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

it('a call of the network, counted from 0, takes the first entry that has not ended before', () => {
  const entries = scheduleOf('[a|b]', { steps: 3 });
  expect([0, 1, 2, 3, 4].map((call) => entryAt(entries, call).text)).toEqual(['a', 'a', 'b', 'a', 'a']);
});
