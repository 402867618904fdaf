import { realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../../src/engine/checkpoint/safetensors.ts';
import { CheckpointError } from '../../../src/engine/errors.ts';
import { encode } from './encode.ts';
import { safetensors, temporaryFile, temporaryFolder } from './safetensors-file.ts';

const entry = (dtype: string, shape: number[], from: number, to: number) =>
  JSON.stringify({ dtype, shape, data_offsets: [from, to] });

describe('reading a safetensors header', () => {
  test('gives every tensor its type, shape and place in the file', async () => {
    const bytes = safetensors({ a: { dtype: 'F16', shape: [2, 3] }, b: { dtype: 'I64', shape: [] } });
    const path = await temporaryFile(bytes);
    const file = await readSafetensors(path);
    const start = bytes.length - 20;
    expect(file.sizeBytes).toBe(bytes.length);
    expect(Object.fromEntries(file.tensors)).toEqual({
      a: { key: 'a', file: file.file, dtype: 'F16', shape: [2, 3], offset: start, byteLength: 12 },
      b: { key: 'b', file: file.file, dtype: 'I64', shape: [], offset: start + 12, byteLength: 8 },
    });
  });

  test('accepts an empty tensor, blanks behind the header, metadata, and keys in any order', async () => {
    const header = `{"__metadata__":{"format":"pt"},"b":${entry('U8', [2], 3, 5)},"none":${entry('F32', [0, 4], 3, 3)},"a":${entry('U8', [3], 0, 3)}}   `;
    const file = await readSafetensors(await temporaryFile(encode(header, new Uint8Array(5))));
    expect(file.metadata).toEqual({ format: 'pt' });
    expect([...file.tensors.keys()]).toEqual(['b', 'none', 'a']);
  });

  test('follows a symbolic link to the file itself', async () => {
    const target = await temporaryFile(safetensors({ a: { dtype: 'U8', shape: [1] } }));
    const link = join(await temporaryFolder(), 'link.safetensors');
    await symlink(target, link);
    expect((await readSafetensors(link)).tensors.get('a')?.file).toBe(await realpath(target));
  });

  test('reports a missing file as the file system does', async () => {
    await expect(readSafetensors('/no/such/file')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a damaged file is refused with the key or offset', () => {
  const whole = safetensors({ a: { dtype: 'F32', shape: [4] }, b: { dtype: 'F32', shape: [4] } });
  const header = (text: string, dataBytes = 0) => encode(text, new Uint8Array(dataBytes));
  const cases: readonly [problem: string, bytes: Uint8Array, message: RegExp][] = [
    ['shorter than its first field', whole.subarray(0, 5), /5 bytes is too short/],
    [
      'with a header that the file cannot hold',
      whole.subarray(0, 40),
      /bytes 0-8 announce a header of \d+ bytes/,
    ],
    ['with an endless header', Buffer.alloc(64, 0xff), /announce a header of more than 100000000 bytes/],
    ['truncated in its data', whole.subarray(0, -5), /tensor "b": ends at byte \d+ of a file of \d+ bytes/],
    [
      'with bytes behind its data',
      Buffer.concat([whole, Buffer.alloc(3)]),
      /3 bytes after tensor "b" at byte \d+/,
    ],
    ['whose header is not JSON', header('{"a":'), /header at byte 8 is not JSON/],
    ['whose header is not UTF-8', encode('{"a"}').fill(0xff, 10), /header at byte 8 is not JSON/],
    ['whose header is a list', header('[]'), /header at byte 8 is not a JSON object/],
    ['with metadata that is not text', header('{"__metadata__":{"n":1}}'), /"__metadata__" is not a map/],
    [
      'with a key twice',
      header(`{"a":${entry('U8', [1], 0, 1)},"\\u0061":${entry('U8', [1], 1, 2)}}`, 2),
      /key "a" appears twice/,
    ],
    [
      'with an entry that is no tensor',
      header('{"a":[1]}'),
      /tensor "a": expected \{dtype, shape, data_offsets\}/,
    ],
    [
      'with an unknown type',
      header(`{"a":${entry('F4', [2], 0, 1)}}`, 1),
      /tensor "a": dtype "F4" is not one of/,
    ],
    [
      'with a type from the prototype',
      header(`{"a":${entry('toString', [1], 0, 1)}}`, 1),
      /dtype "toString"/,
    ],
    ['with a negative size', header(`{"a":${entry('U8', [-1], 0, 1)}}`, 1), /tensor "a": shape \[-1\]/],
    [
      'with half an offset',
      header(`{"a":${entry('U8', [1], 0, 0.5)}}`, 1),
      /tensor "a": data_offsets \[0,0.5\]/,
    ],
    [
      'with offsets that do not fit the shape',
      header(`{"a":${entry('F16', [3], 0, 4)}}`, 4),
      /tensor "a": data_offsets \[0,4\] span 4 bytes, F16 \[3\] has 6/,
    ],
    [
      'with a shape beyond all numbers',
      header(`{"a":${entry('F16', [2 ** 52, 2 ** 52], 0, 4)}}`, 4),
      /tensor "a": data_offsets \[0,4\] span 4 bytes/,
    ],
    [
      'with overlapping tensors',
      header(`{"a":${entry('U8', [4], 0, 4)},"b":${entry('U8', [3], 2, 5)}}`, 5),
      /tensor "b" at byte \d+ overlaps tensor "a", which ends at \d+/,
    ],
    [
      'with a hole',
      header(`{"a":${entry('U8', [2], 0, 2)},"b":${entry('U8', [2], 3, 5)}}`, 5),
      /bytes \d+-\d+ between tensor "a" and tensor "b" belong to no tensor/,
    ],
  ];
  test.for(cases)('%s', async ([, bytes, message]) => {
    const reading = readSafetensors(await temporaryFile(bytes));
    await expect(reading).rejects.toThrow(CheckpointError);
    await expect(reading).rejects.toThrow(message);
  });
});
