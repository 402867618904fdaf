import { readFileSync } from 'node:fs';
import { buildSchema, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { inputOf } from '../../web/src/code/code.ts';
import { settingLines } from '../../web/src/dialogs/job-settings.ts';
import type { Job } from '../../web/src/jobs/jobs.ts';
import { formOfJob } from '../../web/src/panel/restore.ts';
import { en } from '../../web/src/texts/en.ts';
import { zh } from '../../web/src/texts/zh.ts';
import { job } from './jobs.ts';

type Input = Job['input'];

/** Another value of each setting, and the lines that tell it. */
interface Case<Field extends keyof Input> {
  readonly value: NonNullable<Input[Field]>;
  readonly shown: readonly string[];
  /** What stands in the prompts or belongs to the source, and is brought back with those. */
  readonly isPartOf?: 'prompt' | 'source' | 'decoder';
  /** Further settings without which it means nothing. */
  readonly besides?: Partial<Input>;
}

const stored = { id: 'U291cmNl', sha256: 'cd'.repeat(32) };

const CASES: { readonly [Field in keyof Input]-?: Case<Field> } = {
  model: { value: 'dreamer', shown: ['Model: dreamer'] },
  seed: { value: '18446744073709551615', shown: ['Seed: 18446744073709551615'] },
  steps: { value: 33, shown: ['Steps: 33'] },
  batchSize: { value: 3, shown: ['Pictures: 3'] },
  width: { value: 128, shown: ['Width: 128'] },
  height: { value: 192, shown: ['Height: 192'] },
  samplerName: { value: 'dpmpp_2m', shown: ['Sampler: dpmpp_2m'] },
  cfg: { value: 4.5, shown: ['CFG scale: 4.5'] },
  eta: { value: 0.5, shown: ['Eta: 0.5'] },
  sNoise: { value: 1.1, shown: ['s_noise: 1.1'] },
  rescaleCfg: { value: 0.7, shown: ['CFG rescale: 0.7'] },
  cfgInterval: { value: { start: 0.1, end: 0.9 }, shown: ['CFG from: 0.1', 'CFG to: 0.9'] },
  flowShift: { value: 3, shown: ['Timestep shift: 3'] },
  quality: { value: 'FAST', shown: ['Quality: Fast'] },
  deepCache: {
    value: { interval: 3, depth: 2 },
    shown: ['DeepCache interval: 3', 'DeepCache depth: 2'],
  },
  tokenMerging: { value: 0.5, shown: ['Token merging: 0.5'] },
  guidance: { value: 4, shown: ['Distilled guidance: 4'] },
  noiseDevice: { value: 'GPU', shown: ['Noise source: A1111 (GPU)'] },
  denoiseStrength: { value: 0.31, shown: ['Denoise strength: 0.31'] },
  scheduler: { value: 'karras', shown: ['Scheduler: karras'] },
  prompt: { value: 'a red boat', shown: ['Prompt: a red boat'] },
  negativePrompt: { value: 'sails', shown: ['Negative prompt: sails'] },
  promptStyle: { value: 'A1111', shown: ['Prompt syntax: A1111'] },
  emphasis: { value: 'NO_NORM', shown: ['Emphasis mode: No norm (common with SDXL)'] },
  clipSkip: { value: 2, shown: ['Clip skip: 2'] },
  loras: {
    value: [
      { name: 'detail', strength: 0.8, textStrength: 0.4 },
      { name: 'dusk', strength: 1, textStrength: 1 },
    ],
    shown: ['LoRAs: detail 0.8, text encoder 0.4\ndusk 1'],
  },
  controls: {
    value: [
      {
        ...{ name: 'union', mode: 'LINE', strength: 0.5, start: 0, end: 0.6, preprocessor: 'CANNY' },
        ...{ cannyLow: 50, cannyHigh: 150, blur: null, image: stored },
      },
    ],
    shown: [
      'ControlNets: union 0.5, from 0 to 0.6, Canny 50–150, Lines (canny, line art), Follows its own picture',
    ],
  },
  embeddings: { value: [{ name: 'bad/hands' }], shown: ['Embeddings: bad/hands'], isPartOf: 'prompt' },
  vae: { value: { name: 'mse' }, shown: ['VAE: mse'] },
  decoder: { value: 'TAESD', shown: ['Decoder: tiny (TAESD)'] },
  tinyDecoder: {
    value: { name: 'taesd_decoder' },
    shown: ['Decoder: tiny (TAESD), taesd_decoder'],
    isPartOf: 'decoder',
    besides: { decoder: 'TAESD' },
  },
  refiner: { value: { name: 'other', switchAt: 0.7 }, shown: ['Refiner: other', 'Refiner, switch at: 0.7'] },
  variation: {
    value: { seed: '9', strength: 0.3 },
    shown: ['Variation strength: 0.3', 'Variation seed: 9'],
  },
  tiling: { value: 'HORIZONTAL', shown: ['Seamless tiling: left and right edge'] },
  extend: {
    value: { left: 64, top: 0, right: 0, bottom: 8, feather: 12 },
    shown: [
      'Outpaint: Pixels on the left: 64',
      'Outpaint: Pixels at the bottom: 8',
      'Outpaint: Feathering: 12',
    ],
  },
  upscale: {
    value: {
      ...{ by: 1.5, width: 384, height: 384, model: null, method: 'bicubic' },
      ...{ denoiseStrength: 0.4, steps: 8 },
    },
    shown: [
      'Second pass, upscale by: 1.5',
      'Second pass, latent resized by: bicubic',
      'Second pass, denoise strength: 0.4',
      'Second pass, steps: 8',
    ],
  },
  resizeMode: { value: 'FIT', shown: ['Resize mode: Fit'] },
  imageUrl: {
    value: 'https://example.org/a.png',
    shown: ['Source picture: 256 × 256, https://example.org/a.png'],
    isPartOf: 'source',
  },
  source: {
    value: { ...stored, width: 640, height: 480 },
    shown: ['Source picture: 640 × 480'],
    isPartOf: 'source',
  },
  mask: {
    value: {
      ...{ image: stored, fill: 'BLANK', area: 'MASKED', grow: 8, blur: 2, padding: 16, differential: 0.5 },
    },
    shown: [
      'Mask: Inpaint area: Only masked',
      'Mask: Masked content: Blank',
      'Mask: Grow: 8',
      'Mask: Blur: 2',
      'Mask: Padding: 16',
      'Mask: Differential diffusion: 0.5',
    ],
  },
};

const FIELDS = Object.keys(CASES) as (keyof Input)[];

const withSetting = (field: keyof Input): Job => {
  const { input } = job();
  return job({ input: { ...input, ...CASES[field].besides, [field]: CASES[field].value } });
};

const linesOf = (of: Job, picture: number | null = null) =>
  settingLines({ job: of, picture }, [], en).map(({ label, text }) => `${label}: ${text}`);

describe('a setting of a job', () => {
  it('is asked for, whichever it is', () => {
    const type = buildSchema(readFileSync('schema.graphql', 'utf8')).getType('Img2ImgSettings');
    if (!isObjectType(type)) throw new Error('Img2ImgSettings is no object type');
    expect([...FIELDS].sort()).toEqual(Object.keys(type.getFields()).sort());
  });

  it.each(FIELDS)('%s is shown in words', (field) => {
    const usual = linesOf(job());
    const lines = linesOf(withSetting(field));
    expect(lines.filter((line) => !usual.includes(line))).toEqual(CASES[field].shown);
    const inChinese = settingLines({ job: withSetting(field), picture: null }, [], zh);
    expect(inChinese).toHaveLength(lines.length);
  });

  it.each(FIELDS.filter((field) => CASES[field].isPartOf === undefined))('%s is restored', (field) => {
    expect(formOfJob(withSetting(field))).not.toEqual(formOfJob(job()));
  });

  it.each(FIELDS.filter((field) => CASES[field].isPartOf === undefined || field === 'source'))(
    '%s is copied with the request',
    (field) => {
      expect(inputOf(withSetting(field))).not.toEqual(inputOf(job()));
    },
  );
});

describe('the settings of a job', () => {
  it('are no longer than what was asked for', () => {
    expect(linesOf(job())).toEqual([
      ...["Prompt: the sea's edge", 'Denoise strength: 0.75', 'Model: starter', 'Width: 256', 'Height: 256'],
      ...['Seed: 7', 'Steps: 20', 'CFG scale: 6', 'Sampler: euler', 'Scheduler: normal'],
      ...['Resize mode: Crop', 'Source picture: 256 × 256'],
    ]);
  });

  it('say nothing of a source that there is not', () => {
    const { input } = job();
    const lines = linesOf(job({ input: { ...input, source: null } }));
    expect(lines.filter((line) => /source|denoise|resize/i.test(line))).toEqual([]);
  });

  it('tell the seeds of one picture of a batch, and the licence of the model', () => {
    const { input } = job();
    const common = { sha256: 'ab'.repeat(32), width: 256, height: 256 };
    const images = [0, 1].map((index) => ({
      ...common,
      ...{ id: `image ${index}`, index, seed: String(7 + index), variationSeed: String(9 + index) },
    }));
    const batch = job({ input: { ...input, batchSize: 2 }, images });
    expect(linesOf(batch, 1)).toEqual(
      expect.arrayContaining(['Seed: 7', 'Seed of picture 2: 8', 'Variation seed of picture 2: 10']),
    );
    expect(linesOf(batch).join()).not.toContain('of picture');
    const models = [{ name: 'starter', licence: 'MIT' }] as const;
    expect(settingLines({ job: batch, picture: null }, models, en)).toContainEqual({
      ...{ label: 'Licence of the model', text: 'MIT' },
    });
  });
});
