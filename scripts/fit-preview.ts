import { parseArgs } from 'node:util';
import { openCheckpoint } from '../src/engine/checkpoint/checkpoint.ts';
import { createModel } from '../src/engine/pipeline/families.ts';
import { toModelSpace } from '../src/engine/pipeline/latent-format.ts';
import { toBytes } from '../src/engine/pipeline/pixels.ts';
import { sample } from '../src/engine/pipeline/sample.ts';
import { planSampling } from '../src/engine/pipeline/sampling-plan.ts';
import { CPU } from '../src/engine/runtime/device.ts';
import { ModelCache } from '../src/engine/runtime/model-cache.ts';

/**
 * `npm run fit-preview -- <checkpoint> <size> <prompt>…` prints `latent_rgb` for a checkpoint's sidecar. It
 * draws each prompt and fits the mean colour of every 8×8 pixels to the corresponding latent cell by least
 * squares.
 */
const { positionals } = parseArgs({ allowPositionals: true });
const [path, sizeText, ...prompts] = positionals;
const size = Number(sizeText) / 8;
if (path === undefined || !Number.isInteger(size) || prompts.length === 0) {
  throw new Error('usage: npm run fit-preview -- <checkpoint> <size, a multiple of 8> <prompt>…');
}

const model = createModel(await openCheckpoint(path), new ModelCache({ device: CPU, memoryLimit: 2 ** 33 }));
const { schedule, latentFormat, latentChannels: channels } = model;
const plan = planSampling({ schedule, samplerName: 'dpmpp_2m', scheduler: 'karras', steps: 20, denoise: 1 });
const negative = await model.encodePrompt('');
const width = channels + 1;
const normal = Array.from({ length: width }, () => new Float64Array(width)); // XᵀX, X = latent cells and a 1
const right = Array.from({ length: width }, () => new Float64Array(3)); // XᵀY, Y = colours in -1..1

for (const [i, prompt] of prompts.entries()) {
  const shape = { batch: 1, height: size, width: size };
  const positive = await model.encodePrompt(prompt);
  const latent = await sample({
    plan,
    network: model.network({ positive, negative }, shape),
    cfg: 4,
    seed: BigInt(i),
    latent: new Float32Array(channels * size * size),
    shape: [1, channels, size, size],
    latentFormat,
  });
  const { data } = toBytes(await model.decode(latent, size, size));
  const cells = toModelSpace(latent, latentFormat);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) add(cellAt(cells, y, x), colourAt(data, y, x));
}
const solution = solve(normal, right).map((row) => row.map((value) => Number(value.toFixed(4))));
console.log(
  JSON.stringify({ latent_rgb: { factors: solution.slice(0, channels), bias: solution[channels] } }),
);

function cellAt(cells: Float32Array, y: number, x: number): number[] {
  const channel = (c: number) => cells[(c * size + y) * size + x]!;
  return [...Array.from({ length: channels }, (_, c) => channel(c)), 1];
}

function colourAt(data: Uint8Array, y: number, x: number): number[] {
  const sum = [0, 0, 0];
  for (let row = 8 * y; row < 8 * y + 8; row++) {
    for (let column = 8 * x; column < 8 * x + 8; column++) {
      for (let k = 0; k < 3; k++) sum[k]! += data[(row * 8 * size + column) * 3 + k]!;
    }
  }
  return sum.map((value) => (value / 64 / 255) * 2 - 1);
}

function add(cell: number[], colour: number[]): void {
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) normal[i]![j]! += cell[i]! * cell[j]!;
    for (let k = 0; k < 3; k++) right[i]![k]! += cell[i]! * colour[k]!;
  }
}

/** Solves A·S = B for a positive definite A by elimination. Overwrites both. */
function solve(a: Float64Array[], b: Float64Array[]): number[][] {
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      if (i === j) continue;
      const factor = a[j]![i]! / a[i]![i]!;
      for (let k = 0; k < width; k++) a[j]![k]! -= factor * a[i]![k]!;
      for (let k = 0; k < 3; k++) b[j]![k]! -= factor * b[i]![k]!;
    }
  }
  return b.map((row, i) => Array.from(row, (value) => value / a[i]![i]!));
}
