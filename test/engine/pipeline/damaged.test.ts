import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { checkNumbers } from '../../../src/engine/checkpoint/damage.ts';
import type { DType } from '../../../src/engine/checkpoint/safetensors.ts';
import { CanceledError, CheckpointError } from '../../../src/engine/errors.ts';
import { openPipeline } from '../../../src/engine/pipeline/pipeline.ts';
import { readTensors } from '../checkpoint/repack.ts';
import { safetensors, temporaryFolder } from '../checkpoint/safetensors-file.ts';
import { gradient, STARTER, task } from '../tasks.ts';

const KEY = 'model.diffusion_model.out.2.bias';
const OUTPUT = 'model.diffusion_model.out.2.weight';

/** The starter with one weight of another type, all its bytes as given. */
async function starterWith(dtype: DType, bytes: readonly number[], key = KEY): Promise<string> {
  const path = join(await temporaryFolder(), 'mix.safetensors');
  const tensors = await readTensors(STARTER);
  const { shape } = tensors[key]!;
  const count = shape.reduce((product, dim) => product * dim, 1);
  const data = Uint8Array.from({ length: count * bytes.length }, (_, i) => bytes[i % bytes.length]!);
  await writeFile(path, safetensors({ ...tensors, [key]: { dtype, shape, bytes: data } }));
  await copyFile(STARTER.replace('.safetensors', '.json'), path.replace('.safetensors', '.json'));
  return path;
}
const signal = new AbortController().signal;
const check = async (path: string, by = signal) => checkNumbers(await openCheckpoint(path), by);

describe('a checkpoint with NaN or infinite numbers', () => {
  it('is the reason of a failure that no other attempt makes better', async () => {
    const pipeline = await openPipeline({ device: 'cpu', memoryLimit: 2 ** 30 });
    const context = { signal, emit: () => Promise.resolve() };
    for (const key of [KEY, 'cond_stage_model.transformer.text_model.final_layer_norm.bias']) {
      const checkpoint = await starterWith('F16', [0, 0x7e], key);
      const run = pipeline.img2img(
        task({ checkpoint, width: 64, height: 64, image: gradient(64, 64), steps: 2 }),
        context,
      );
      await expect(run).rejects.toThrow(CheckpointError);
      await expect(run).rejects.toThrow(`mix.safetensors: "${key}" contains numbers that are not finite`);
    }
  });

  it('is a model whose numbers are finite and whose results on the CPU are not, which no other attempt makes better', async () => {
    const tensors = await readTensors(STARTER);
    const write = async (name: string, changed: typeof tensors) => {
      const path = join(await temporaryFolder(), name);
      await writeFile(path, safetensors({ ...tensors, ...changed }));
      await copyFile(STARTER.replace('.safetensors', '.json'), path.replace('.safetensors', '.json'));
      return path;
    };
    const filled = (key: string, byte: number) => {
      const { dtype, shape, bytes } = tensors[key]!;
      return { [key]: { dtype, shape, bytes: new Uint8Array(bytes.length).fill(byte) } };
    };
    const flat = await write('flat.safetensors', { ...filled(KEY, 0), ...filled(OUTPUT, 0) });
    const pipeline = await openPipeline({ device: 'cpu', memoryLimit: 2 ** 30 });
    const run = pipeline.img2img(
      task({ checkpoint: flat, width: 64, height: 64, image: gradient(64, 64), steps: 1 }),
      { signal, emit: () => Promise.resolve() },
    );
    await expect(run).rejects.toThrow(CheckpointError);
    await expect(run).rejects.toThrow(
      /^flat\.safetensors: the network returned 0 for all 512 values at timestep \d+: the checkpoint is damaged/,
    );
  });

  it('may be an upscaler, whose picture would be black', async () => {
    const tensors = await readTensors('test/golden/next/checkpoints/compact-x2.safetensors');
    const [key, { bytes, ...rest }] = Object.entries(tensors)[0]!;
    const file = join(await temporaryFolder(), 'up.safetensors');
    const nan = { ...rest, bytes: new Uint8Array(bytes.length).fill(0xff) };
    await writeFile(file, safetensors({ ...tensors, [key]: nan }));
    const pipeline = await openPipeline({ device: 'cpu', memoryLimit: 2 ** 30 });
    const upscale = { width: 128, height: 128, by: { file }, steps: 1, denoise: 0 };
    const small = { checkpoint: STARTER, width: 64, height: 64, image: gradient(64, 64), steps: 1 };
    const run = pipeline.img2img(task({ ...small, upscale }), { signal, emit: () => Promise.resolve() });
    await expect(run).rejects.toThrow(`up.safetensors: "${key}" contains numbers that are not finite`);
  });

  it.each<[string, DType, number[], boolean]>([
    ['NaN', 'F16', [0, 0x7e], false],
    ['minus infinity', 'F16', [0, 0xfc], false],
    ['the largest number', 'F16', [0xff, 0x7b], true],
    ['NaN', 'BF16', [0xc0, 0x7f], false],
    ['the largest number', 'BF16', [0x7f, 0x7f], true],
    ['NaN', 'F32', [0, 0, 0xc0, 0x7f], false],
    ['a number below 0', 'F32', [0xff, 0xff, 0x7f, 0xff], true],
    ['NaN', 'F64', [0, 0, 0, 0, 0, 0, 0xf8, 0xff], false],
    ['a number with a large low half', 'F64', [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], true],
    ['NaN', 'F8_E4M3', [0xff], false],
    ['448', 'F8_E4M3', [0x7e], true],
    ['infinity', 'F8_E5M2', [0x7c], false],
    ['57344', 'F8_E5M2', [0x7b], true],
  ])('is told by its bytes: %s in %s', async (_, dtype, bytes, isWhole) => {
    const checking = check(await starterWith(dtype, bytes));
    if (isWhole) await expect(checking).resolves.toBeUndefined();
    else await expect(checking).rejects.toThrow(`"${KEY}" contains numbers that are not finite`);
  });

  it('is not read to its end when the job is canceled', async () => {
    const canceled = AbortSignal.abort();
    await expect(check(await starterWith('F16', [0, 0]), canceled)).rejects.toThrow(CanceledError);
  });
});
