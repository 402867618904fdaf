import { describe, expect, test } from 'vitest';
import { ProtobufWriter } from '../../../src/engine/graph/protobuf-writer.ts';

const written = (write: (w: ProtobufWriter) => void): string => {
  const w = new ProtobufWriter();
  write(w);
  return Buffer.from(w.finish()).toString('hex');
};

describe('the protobuf writer', () => {
  // The examples of protobuf.dev's page on the encoding, and its bounds.
  test.for<[string, (w: ProtobufWriter) => void, string]>([
    [
      '150 in field 1',
      (w) => {
        w.integer(1, 150);
      },
      '089601',
    ],
    [
      '-2 in field 1',
      (w) => {
        w.integer(1, -2);
      },
      '08feffffffffffffffff01',
    ],
    [
      '0 in field 15',
      (w) => {
        w.integer(15, 0);
      },
      '7800',
    ],
    [
      '1 in field 16',
      (w) => {
        w.integer(16, 1);
      },
      '800101',
    ],
    [
      '2^40 in field 1',
      (w) => {
        w.integer(1, 2 ** 40);
      },
      '08808080808020',
    ],
    [
      'the text "testing" in field 2',
      (w) => {
        w.text(2, 'testing');
      },
      '120774657374696e67',
    ],
    [
      'text beyond ASCII by its bytes',
      (w) => {
        w.text(1, 'é');
      },
      '0a02c3a9',
    ],
    [
      '1.5 in field 3',
      (w) => {
        w.float(3, 1.5);
      },
      '1d0000c03f',
    ],
    [
      'bytes',
      (w) => {
        w.bytes(9, Uint8Array.of(0, 255));
      },
      '4a0200ff',
    ],
    // Lengths of messages take five bytes whatever they are.
    [
      'a message',
      (w) => {
        w.message(3, () => {
          w.integer(1, 150);
        });
      },
      '1a8380808000089601',
    ],
    [
      'an empty message',
      (w) => {
        w.message(3, () => undefined);
      },
      '1a8080808000',
    ],
  ])('writes %s', ([, write, bytes]) => {
    expect(written(write)).toBe(bytes);
  });

  test('grows beyond its first buffer, within a message too', () => {
    const long = 'x'.repeat(100_000);
    const found = written((w) => {
      w.message(1, () => {
        w.text(1, long);
        w.text(2, long);
      });
    });
    const inner = (tag: string) => `${tag}a08d06${'78'.repeat(100_000)}`;
    expect(found).toBe(`0ac89a8c8000${inner('0a')}${inner('12')}`);
  });
});
