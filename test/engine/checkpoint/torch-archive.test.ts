import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTorchArchive } from '../../../src/engine/checkpoint/torch-archive.ts';
import { openUpscaler } from '../../../src/engine/checkpoint/upscaler.ts';
import { CheckpointError } from '../../../src/engine/errors.ts';
import { createPictureUpscaler } from '../../../src/engine/pipeline/picture-upscaler.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { ModelCache } from '../../../src/engine/runtime/model-cache.ts';
import { op, tensor, torchArchive } from '../adapters/torch-archive.ts';
import { readTensors } from './repack.ts';
import { temporaryFile, temporaryFolder } from './safetensors-file.ts';

const COMPACT = 'test/golden/next/checkpoints/compact-x4.safetensors';

const strides = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));

/** The small upscaler as torch.save writes a trained network: in a dictionary, with a state that says versions of modules. */
async function compactAsTorch(): Promise<Buffer> {
  const tensors = Object.entries(await readTensors(COMPACT));
  const items = tensors.flatMap(([key, { shape }], i) => [
    op.text(key),
    tensor('HalfStorage', String(i), shape, strides(shape)),
  ]);
  const empty = op.call(op.global('collections', 'OrderedDict'), Buffer.from(')'));
  const state = op.dictionary(op.text('_metadata'), op.dictionary(op.text(''), op.int(1)));
  const weights = Buffer.concat([
    empty,
    Buffer.from('('),
    ...items,
    Buffer.from('u'),
    state,
    Buffer.from('b'),
  ]);
  return torchArchive({
    'data.pkl': op.program(op.dictionary(op.text('params_ema'), weights)),
    ...Object.fromEntries(tensors.map(([, { bytes }], i) => [`data/${i}`, Buffer.from(bytes)])),
  });
}

/** A dictionary that has another one under a hundred keys, which has another one, six times: 10¹² items in a kilobyte or two. */
function laughs(): Buffer {
  const put = (index: number) => Buffer.from([0x71, index]);
  const get = (index: number) => Buffer.from([0x68, index]);
  const levels = Array.from({ length: 6 }, (_, level) => {
    const items = Array.from({ length: 100 }, (_, i) => [op.text(String(i)), get(level)]).flat();
    return Buffer.concat([op.dictionary(...items), put(level + 1)]);
  });
  const first = Buffer.concat([op.int(1), put(0)]);
  return op.dictionary(...[first, ...levels].flatMap((level, i) => [op.text(`level${i}`), level]));
}

describe('an upscaler that torch.save wrote', () => {
  test('is read in place, and gives the same picture as its safetensors version', async () => {
    const path = join(await temporaryFolder(), 'compact.pth');
    await writeFile(path, await compactAsTorch());
    const networks = new ModelCache({ device: CPU, memoryLimit: 2 ** 30 });
    const data = Float32Array.from({ length: 3 * 12 * 10 }, (_, i) => (i % 17) / 17);
    const picture = { channels: 3, height: 12, width: 10, data };
    const upscaled = async (file: string) =>
      createPictureUpscaler(await openUpscaler(file), networks).upscale(picture);
    expect(await upscaled(path)).toEqual(await upscaled(COMPACT));
    await networks.clear();
  });

  const f16 = (count: number) => ({ 'data/0': Buffer.alloc(2 * count) });
  test.each([
    [
      'a tensor beyond its storage',
      tensor('HalfStorage', '0', [2, 2], [2, 1], 1),
      '"x" reaches beyond its storage',
    ],
    ['a transposed tensor', tensor('HalfStorage', '0', [2, 2], [1, 2]), '"x" is not contiguous'],
    ['a tensor without storage', tensor('HalfStorage', '7', [1], [1]), '"x" has no storage in the archive'],
    ['integers of another kind', tensor('CharStorage', '0', [1], [1]), '"x" has the type CharStorage'],
    ['a call', op.call(op.global('os', 'system'), op.tuple(op.text('true'))), 'it calls "os.system"'],
    [
      'nine dimensions',
      tensor('HalfStorage', '0', Array(9).fill(1), Array(9).fill(1)),
      'unexpected arguments',
    ],
    ['a dictionary in itself, many times over', laughs(), 'more than 100000 items in all'],
    [
      'a state of a number',
      Buffer.concat([op.int(1), op.int(2), Buffer.from('b')]),
      'sets the state of something other than a dict',
    ],
  ])('with %s is refused', async (_, value, message) => {
    const file = torchArchive({ 'data.pkl': op.program(op.dictionary(op.text('x'), value)), ...f16(4) });
    const reading = readTorchArchive(await temporaryFile(file, 'x.pth'));
    await expect(reading).rejects.toThrow(CheckpointError);
    await expect(reading).rejects.toThrow(message);
  });

  test.each([
    ['an older file of torch', Buffer.from([0x80, 2, 0x8a, 10, 0x6c])],
    ['another archive', torchArchive({ 'x.txt': Buffer.from('x') })],
    ['an archive that ends early', torchArchive({ 'data.pkl': Buffer.alloc(99) }).subarray(0, 120)],
    ['nothing', Buffer.alloc(0)],
  ])('that is %s is refused with what to do', async (_, bytes) => {
    const reading = readTorchArchive(await temporaryFile(bytes, 'x.pth'));
    await expect(reading).rejects.toThrow(
      /^x\.pth: expected an uncompressed torch\.save archive, found .*use its \.safetensors version$/,
    );
  });
});
