import { parseArgs } from 'node:util';
import type { Img2ImgTask, SamplingOptions } from '../src/engine/index.ts';
import { openPipeline } from '../src/engine/pipeline/pipeline.ts';

/**
 * Measures the speed and the loss of approximations and quality FAST, against the exact picture with the same
 * settings, alternating in one run:
 * `npm run bench -- shortcuts <checkpoint> [--size 256] [--steps 20] [--cfg 6] [--intervals 2,3,5] [--depths
 * 0,1,3] [--shares 0.5] [--pictures 4]`
 *
 * `time` is the median of the ratios of CPU time while sampling, `psnr` the median and the minimum in
 * decibels over the pictures. With random weights, only the speed is meaningful.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '256' },
    steps: { type: 'string', default: '20' },
    cfg: { type: 'string', default: '6' },
    samplerName: { type: 'string', default: 'dpmpp_2m' },
    intervals: { type: 'string', default: '2,3,5' },
    depths: { type: 'string', default: '0,1,3' },
    shares: { type: 'string', default: '0.5' },
    pictures: { type: 'string', default: '4' },
  },
});
const [checkpoint] = positionals;
if (checkpoint === undefined)
  throw new Error('usage: npm run bench -- shortcuts <checkpoint> [--size 256] [--steps 20]');
const side = Number(values.size);
const numbers = (text: string) => text.split(',').filter(Boolean).map(Number);

const PROMPTS = [
  'a red house, mountains at dusk',
  'a yellow boat on the sea, clouds',
  'a green tree on a hill under a blue sky',
  'a white moon over snow, pine trees',
];

const ways = [
  ...numbers(values.intervals).flatMap((interval) =>
    numbers(values.depths).map((depth): SamplingOptions => ({ deepCache: { interval, depth } })),
  ),
  ...numbers(values.shares).map((tokenMerging): SamplingOptions => ({ tokenMerging })),
  ...[{}, ...numbers(values.shares).map((tokenMerging) => ({ tokenMerging }))].map(
    (options): SamplingOptions => ({ quality: 'FAST', ...options }),
  ),
];
const pipeline = await openPipeline({ device: 'cpu', memoryLimit: 12 * 2 ** 30 });
const results = ways.map((options) => ({ options, times: [] as number[], losses: [] as number[] }));

await drawn(0, {}); // reads the file
for (let i = 0; i < Number(values.pictures); i++) {
  const exact = await drawn(i, {});
  for (const { options, times, losses } of results) {
    const other = await drawn(i, options);
    times.push(other.seconds / exact.seconds);
    losses.push(psnr(other.data, exact.data));
  }
}
for (const { options, times, losses } of results) {
  console.log(
    JSON.stringify({
      ...options,
      time: round(median(times)),
      times: times.map(round),
      psnr: { median: round(median(losses)), worst: round(Math.min(...losses)) },
    }),
  );
}

/** Draws a picture and measures the CPU time of its steps. */
async function drawn(i: number, options: SamplingOptions): Promise<{ seconds: number; data: Uint8Array }> {
  const task: Img2ImgTask = {
    ...{ checkpoint: checkpoint!, prompt: PROMPTS[i % PROMPTS.length]!, negativePrompt: '', seed: BigInt(i) },
    ...{ batchSize: 1, steps: Number(values.steps), cfg: Number(values.cfg), scheduler: 'karras' },
    ...{ samplerName: values.samplerName as Img2ImgTask['samplerName'], denoise: 1, image: null },
    ...{ width: side, height: side, options },
  };
  let before = process.cpuUsage();
  let seconds = 0;
  const { images } = await pipeline.img2img(task, {
    signal: new AbortController().signal,
    emit: (event) => {
      if (event.type !== 'stage') return Promise.resolve();
      const { user, system } = process.cpuUsage(before);
      if (event.stage === 'SAMPLING') before = process.cpuUsage();
      if (event.stage === 'DECODING') seconds = (user + system) / 1e6;
      return Promise.resolve();
    },
  });
  return { seconds, data: images[0]!.data };
}

function psnr(a: Uint8Array, b: Uint8Array): number {
  const squares = a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (squares / a.length));
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
