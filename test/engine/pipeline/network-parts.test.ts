import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { CPU_PROFILE } from '../../../src/engine/graph/device-profile.ts';
import { createNetwork } from '../../../src/engine/pipeline/prompted-network.ts';
import { CPU, type Device } from '../../../src/engine/runtime/device.ts';
import { ModelCache } from '../../../src/engine/runtime/model-cache.ts';
import { readTensors } from '../checkpoint/repack.ts';
import { safetensors, temporaryFolder } from '../checkpoint/safetensors-file.ts';

const GOLDEN = 'test/golden/checkpoints';
const wave = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i * 0.7));
const SHAPE = { batch: 1, height: 8, width: 8 };
const TOKENS = 20;
const PROMPT = { context: { tokens: TOKENS, width: 16, data: wave(TOKENS * 16) }, vector: wave(8) };

/** The golden FLUX with eighteen single blocks instead of two, in a folder of its own. */
async function longerFlux(): Promise<string> {
  const folder = await temporaryFolder();
  const tensors = await readTensors(join(GOLDEN, 'flux1-schnell-bf16.safetensors'));
  const more = Object.entries(tensors).flatMap(([key, tensor]) => {
    const [, block, rest] = /^(.*single_blocks\.)[01](\..*)$/.exec(key) ?? [];
    const number = Number(key.includes('single_blocks.1'));
    return block === undefined
      ? []
      : [2, 4, 6, 8, 10, 12, 14, 16].map((from) => [`${block}${from + number}${rest!}`, tensor] as const);
  });
  const path = join(folder, 'flux.safetensors');
  await writeFile(path, safetensors({ ...tensors, ...Object.fromEntries(more) }));
  for (const name of ['ae', 'clip_l', 't5xxl_fp16'])
    await copyFile(join(GOLDEN, `${name}.safetensors`), join(folder, `${name}.safetensors`));
  return path;
}

/** Its parts and velocities on a device with so much memory. */
async function evaluate(path: string, device: Device, memoryLimit: number) {
  const checkpoint = await openCheckpoint(path, { unet: { axes_dim: [4, 14, 14] } });
  const networks = new ModelCache({ device, memoryLimit });
  const tokens = { negative: TOKENS, positive: TOKENS };
  const diffusion = createNetwork(checkpoint, networks);
  const parts = diffusion.sources({ ...SHAPE, tokens, guided: false });
  const network = diffusion.network({ negative: PROMPT, positive: PROMPT }, SHAPE);
  const outputs = [];
  for (const timestep of [0.9, 0.6])
    outputs.push(await network(wave(16 * 64), timestep, ['positive'], timestep));
  await networks.clear();
  return { outputs, parts: parts.map(({ name, passes }) => ({ name, passes })) };
}

/** As a card computes, its memory its own. */
const card: Device = { ...CPU, profile: { ...CPU_PROFILE, weights: 'device', widenInRunFrom: 256 * 1024 } };

test('a network that a device has no room for as a whole stays there as far as it can, with the same result', async () => {
  const path = await longerFlux();
  const whole = await evaluate(path, CPU, Infinity);
  expect(whole.parts.map(({ passes }) => passes)).toEqual([false, false]);
  const roomy = await evaluate(path, card, Infinity);
  expect(roomy.parts).toEqual([{ name: 'network whole 1x8x8 20', passes: false }]);
  expect(roomy.outputs).toEqual(whole.outputs);
  const names = [
    '0 1x8x8 20 blocks 0 to 2',
    '1 1x8x8 20 blocks 0 to 4',
    '1 1x8x8 20 blocks 4 to 8',
    '1 1x8x8 20 blocks 8 to 12',
    '1 1x8x8 20 blocks 12 to 16',
    '1 1x8x8 20 blocks 16 to 18',
  ];
  for (const [memoryLimit, passing] of [
    [5_000_000, [false, false, true, true, true, true]],
    [3_700_000, [false, true, true, true, true, true]],
    [1, [true, true, true, true, true, true]],
  ] as const) {
    const divided = await evaluate(path, card, memoryLimit);
    expect(divided.parts).toEqual(names.map((name, i) => ({ name: `network ${name}`, passes: passing[i] })));
    expect(divided.outputs).toEqual(whole.outputs);
  }
});
