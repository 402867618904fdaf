import fc from 'fast-check';

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const length = fc.integer({ min: 1, max: 2000 });

/** A change of a file; `at` is a part of its length. */
export const change = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: place, byte: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: place, length }),
  fc.record({ kind: fc.constant('end' as const), at: place }),
  fc.record({
    kind: fc.constant('repeat' as const),
    at: place,
    length,
    times: fc.constantFrom(1, 1, 1, 30, 1000),
  }),
  fc.record({
    kind: fc.constant('word' as const),
    at: place,
    word: fc.constantFrom(
      '"',
      '{',
      '[',
      '\0',
      ': ',
      '\n',
      '<lora:',
      '\xff\xff\xff\xff',
      '\0\0\x20\0',
      '\x7f\xff',
    ),
  }),
);
/** One change. */
export type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

/** Bytes that a repetition may come to. */
const LONGEST = 500_000;

/** The file with a change. */
export function changed(bytes: Buffer, { at, ...rest }: Change): Buffer {
  const start = Math.floor(at * bytes.length);
  const [before, after] = [bytes.subarray(0, start), bytes.subarray(start)];
  switch (rest.kind) {
    case 'set':
      return Buffer.concat([before, Buffer.from([rest.byte]), after.subarray(1)]);
    case 'cut':
      return Buffer.concat([before, after.subarray(rest.length)]);
    case 'end':
      return before;
    case 'repeat': {
      const piece = after.subarray(0, rest.length);
      const times = Math.min(rest.times, Math.ceil(LONGEST / rest.length));
      return Buffer.concat([before, ...Array<Buffer>(times).fill(piece), after]);
    }
    case 'word':
      return Buffer.concat([before, Buffer.from(rest.word, 'latin1'), after.subarray(rest.word.length)]);
  }
}
