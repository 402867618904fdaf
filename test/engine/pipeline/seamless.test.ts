import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adaptCheckpoint } from '../../../src/engine/adapters/adapt.ts';
import { readLora } from '../../../src/engine/adapters/lora.ts';
import type { Checkpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import type { JoinedSides } from '../../../src/engine/graph/device-profile.ts';
import { createAutoencoder } from '../../../src/engine/pipeline/autoencoder.ts';
import { createModel } from '../../../src/engine/pipeline/families.ts';
import { openPipeline } from '../../../src/engine/pipeline/pipeline.ts';
import { seamlessTiles } from '../../../src/engine/pipeline/seamless.ts';
import { partAcross, type Raster } from '../../../src/engine/pipeline/tiling.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { ModelCache } from '../../../src/engine/runtime/model-cache.ts';
import { openGoldenCheckpoint } from '../../conformance/checkpoints.ts';
import { relativeError } from '../../conformance/section.ts';
import { STARTER, task } from '../tasks.ts';

const networks = new ModelCache({ device: CPU, memoryLimit: 2 ** 30 });
afterAll(() => networks.clear());

/** Cells by which a UNet's output moves with its input: the coarsest level's. */
const STEP = 8;
const SIZE = { height: 16, width: 16 };
const LATENT = Float32Array.from({ length: 4 * 256 }, (_, i) => Math.sin(0.7 * i + (i % 17)));

/** A raster of which every row begins `dx` places later, and every column `dy`. */
const rolled = (raster: Raster, dx: number, dy: number): Raster =>
  partAcross(raster, { left: -dx, top: -dy, height: raster.height, width: raster.width });
const planes = (data: Float32Array): Raster => ({ layout: 'planes', channels: 4, ...SIZE, data });

/** How far what a network gives of a rolled input is from what it gives, rolled. */
const CASES: readonly (readonly [JoinedSides | undefined, dx: number, dy: number, isAlike: boolean])[] = [
  ['BOTH', 1, 1, true],
  ['BOTH', 0, 1, true],
  ['HORIZONTAL', 1, 0, true],
  ['HORIZONTAL', 0, 1, false],
  ['VERTICAL', 0, 1, true],
  ['VERTICAL', 1, 0, false],
  [undefined, 1, 0, false],
];

describe.each([['plain'], ['with a LoRA of its convolutions']])('a network, %s', (kind) => {
  let checkpoint: Checkpoint;
  beforeAll(async () => {
    checkpoint = await openGoldenCheckpoint('test/golden', 'sd15');
    if (kind === 'plain') return;
    const lora = await readLora(join('test/golden/next/lora/files/sd15_locon.safetensors'), checkpoint);
    checkpoint = adaptCheckpoint(checkpoint, [{ lora, state: '', strength: 1, textStrength: 1 }]);
  });

  test.each(CASES)('with joined sides %s moved by %i, %i: alike is %s', async (joined, dx, dy, isAlike) => {
    const model = createModel(checkpoint, networks, undefined, undefined, joined);
    const prompt = await model.encodePrompt('a red fox');
    const network = model.network({ positive: prompt, negative: prompt }, { batch: 1, ...SIZE });
    const out = (x: Raster) => network(x.data, 500, ['positive'], 1);
    const found = await out(rolled(planes(LATENT), STEP * dx, STEP * dy));
    const expected = rolled(planes(await out(planes(LATENT))), STEP * dx, STEP * dy).data;
    const error = relativeError(found, expected);
    if (isAlike) expect(error).toBeLessThan(2e-5);
    else expect(error).toBeGreaterThan(1e-3);
  });
});

test('the autoencoder codes what is at the sides as what is in the middle', async () => {
  const autoencoder = createAutoencoder(await openCheckpoint(STARTER), networks, { joinedSides: 'BOTH' });
  const [side, by] = [8, 4];
  const picture: Raster = {
    ...{ layout: 'pixels', channels: 3, height: 8 * side, width: 8 * side },
    data: Float32Array.from({ length: 3 * 64 * side ** 2 }, (_, i) => 0.5 + 0.4 * Math.sin(i / 997)),
  };
  const latent = await autoencoder.encode(picture);
  const cells = { layout: 'planes', channels: latent.length / side ** 2, height: side, width: side } as const;
  const moved = rolled({ ...cells, data: latent }, by, by).data;
  expect(relativeError(await autoencoder.encode(rolled(picture, 8 * by, 8 * by)), moved)).toBeLessThan(1e-4);
  const { data } = await autoencoder.decode(latent, side, side);
  const there = await autoencoder.decode(moved, side, side);
  expect(relativeError(there.data, rolled({ ...picture, data }, 8 * by, 8 * by).data)).toBeLessThan(1e-4);
});

test.each([
  ['BOTH', 16, 16],
  ['HORIZONTAL', 16, 0],
  ['VERTICAL', 0, 16],
] as const)('in tiles it sees what lies across: %s', async (joined, left, top) => {
  const seen: Raster[] = [];
  const code = (from: Raster, to: { channels: number; height: number; width: number }) => {
    seen.push(from);
    const scale = to.height / from.height; // of each place the value of the one that it lies in
    const [rows, columns] = [Math.max(1, 1 / scale), Math.max(1, scale)];
    const data = Array.from({ length: to.height * to.width }, (_, i) => {
      const [y, x] = [Math.floor(i / to.width), i % to.width];
      return from.data[Math.floor(y / columns) * rows * from.width + Math.floor(x / columns) * rows]!;
    });
    return Promise.resolve(Float32Array.from(data));
  };
  const tiles = seamlessTiles({ sources: () => [], encode: code, decode: code }, joined);
  const [height, width] = [3, 5];
  const latent: Raster = {
    ...{ layout: 'planes', channels: 1, height, width },
    data: Float32Array.from({ length: 15 }, (_, i) => i),
  };
  const pixels = { layout: 'pixels', channels: 1, height: 8 * height, width: 8 * width } as const;
  const decoded = await tiles.decode(latent, pixels);
  const { data, ...shape } = latent;
  expect(await tiles.encode({ ...pixels, data: decoded }, shape)).toEqual(data);
  expect(seen.map((one) => [one.height, one.width])).toEqual([
    [height + 2 * top, width + 2 * left],
    [8 * (height + 2 * top), 8 * (width + 2 * left)],
  ]);
  const first = seen[0]!;
  const corner = ((3 * 16 - top) % 3) * width + ((5 * 16 - left) % 5);
  expect(first.data[0]).toBe(data[corner]);
});

test('a job whose pictures tile makes others than one whose do not, and leaves nothing behind', async () => {
  const pipeline = await openPipeline({ device: 'cpu', memoryLimit: 2 ** 30 });
  const picture = async (tiling?: JoinedSides) => {
    const context = { signal: new AbortController().signal, emit: () => Promise.resolve() };
    const changes = { steps: 2, width: 64, height: 64, image: null, denoise: 1, ...(tiling && { tiling }) };
    return (await pipeline.img2img(task(changes), context)).images[0]!.data.join();
  };
  const plain = await picture();
  expect(await picture('BOTH')).not.toBe(plain);
  expect(await picture()).toBe(plain);
});
