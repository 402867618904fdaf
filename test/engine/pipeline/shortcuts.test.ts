import { beforeAll, describe, expect, test } from 'vitest';
import { UnsupportedTaskError, type Img2ImgTask, type SamplingOptions } from '../../../src/engine/index.ts';
import { openPipeline } from '../../../src/engine/pipeline/pipeline.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { fastProblem } from '../../../src/engine/runtime/fast-problem.ts';
import { gradient, task } from '../tasks.ts';

let pictures: (options: SamplingOptions, changes?: Partial<Img2ImgTask>) => Promise<Uint8Array[]>;
beforeAll(async () => {
  const pipeline = await openPipeline({ device: 'cpu', memoryLimit: 2 ** 30 });
  const signal = new AbortController().signal;
  pictures = async (options, changes) => {
    const small = {
      width: 64,
      height: 64,
      image: gradient(64, 64),
      steps: 6,
      denoise: 0.5,
      options,
      ...changes,
    };
    const { images } = await pipeline.img2img(task(small), { signal, emit: () => Promise.resolve() });
    return images.map(({ data }) => data);
  };
});

/** Peak signal-to-noise ratio in decibels. */
function psnr(a: Uint8Array, b: Uint8Array): number {
  const squares = a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (squares / a.length));
}

const reusing = (interval: number, depth = 6): SamplingOptions => ({ deepCache: { interval, depth } });

test('a deep cache of which nothing is reused changes no bit of a picture', async () => {
  const exact = await pictures({});
  for (const depth of [0, 30]) expect(await pictures(reusing(1, depth))).toEqual(exact);
});

test.each([
  ['euler', {}],
  ['heun', {}], // two evaluations a step
  ['euler', { cfgInterval: { start: 0.4, end: 0.8 } }],
] as const)('a deep cache moves a picture little: %s %j', async (samplerName, options) => {
  const [exact] = await pictures(options, { samplerName });
  const batch = await pictures({ ...options, ...reusing(2) }, { samplerName, batchSize: 2, seed: 41n });
  const alone = await pictures({ ...options, ...reusing(2) }, { samplerName });
  expect(psnr(alone[0]!, batch[1]!), 'each picture of a batch has its own features').toBe(Infinity);
  expect(psnr(alone[0]!, exact!)).toBeLessThan(Infinity);
  expect(psnr(alone[0]!, exact!)).toBeGreaterThan(20);
});

test('merged tokens move a picture little, alike each time and beside a deep cache; a share of 0 changes no bit', async () => {
  const [exact] = await pictures({});
  expect(psnr((await pictures({ tokenMerging: 0 }))[0]!, exact!)).toBe(Infinity);
  const [merged] = await pictures({ tokenMerging: 0.5 });
  const [both, again] = [
    await pictures({ tokenMerging: 0.5, ...reusing(1) }),
    await pictures({ tokenMerging: 0.5 }),
  ];
  for (const other of [both, again]) expect(psnr(other[0]!, merged!)).toBe(Infinity);
  expect(psnr(merged!, exact!)).toBeLessThan(Infinity);
  expect(psnr(merged!, exact!)).toBeGreaterThan(20);
});

describe.runIf(fastProblem(CPU) === null)('quality FAST', () => {
  test.each([
    ['a red house, mountains at dusk', 0.75],
    ['a yellow boat on the sea, clouds', 0.4],
    ['a green tree on a hill under a blue sky', 1],
  ])('moves a picture by little: %s, strength %d', async (prompt, denoise) => {
    const settings = { prompt, denoise, steps: 20, width: 128, height: 128, image: gradient(128, 128) };
    const [exact] = await pictures({}, settings);
    const [fast] = await pictures({ quality: 'FAST' }, settings);
    expect(psnr(fast!, exact!)).toBeLessThan(Infinity);
    expect(psnr(fast!, exact!)).toBeGreaterThan(38);
  });

  test('gives each picture of a batch as alone, the same again after an exact one, and goes with the other shortcuts', async () => {
    const batch = await pictures({ quality: 'FAST' }, { batchSize: 2, seed: 41n });
    const [exact] = await pictures({});
    const [alone] = await pictures({ quality: 'FAST' });
    expect(psnr(alone!, batch[1]!)).toBe(Infinity);
    const [both] = await pictures({ quality: 'FAST', tokenMerging: 0.5, ...reusing(2) });
    expect(psnr(both!, exact!)).toBeGreaterThan(20);
    expect(psnr(both!, alone!)).toBeLessThan(Infinity);
  });
});

test.runIf(fastProblem(CPU) !== null)(
  'quality FAST is refused where the CPU has no 8-bit dot products',
  async () => {
    await expect(pictures({ quality: 'FAST' })).rejects.toThrow(UnsupportedTaskError);
  },
);
