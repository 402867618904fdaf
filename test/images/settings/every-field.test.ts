import { readFileSync } from 'node:fs';
import { buildSchema, getNamedType, isInputObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { encodePng, type ImageOrigin } from '../../../src/images/encode.ts';
import { decodeRgba } from '../../../src/images/rgba.ts';
import { textsOf } from '../../../src/images/settings/containers/index.ts';
import type { PictureSettings } from '../../../src/images/settings/picture-settings.ts';
import { readSettings } from '../../../src/images/settings/read-settings.ts';
import type { Img2ImgSettings } from '../../../src/jobs/request.ts';
import { picture } from '../pictures.ts';
import { read } from './texts.ts';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const file = (name: string) => ({ name, file: `some/${name}.safetensors`, sha256: 'ef'.repeat(32) });
const SOURCE = { sha256: 'ab'.repeat(32), width: 640, height: 480 };

const PLAIN: Img2ImgSettings = {
  ...{ model: 'a', seed: '1', steps: 20, batchSize: 1, width: 64, height: 64, samplerName: 'euler', cfg: 7 },
  ...{ denoiseStrength: 0.75, scheduler: 'normal', prompt: 'p', negativePrompt: 'n', imageUrl: '' },
  ...{ resizeMode: 'CROP', source: SOURCE },
};
const MASK = { grow: -3, blur: 2.5, fill: 'BLANK', area: 'MASKED', padding: 48, differential: 0.5 } as const;
const UPSCALE = { by: 1.5, method: 'bicubic', denoiseStrength: 0.4, steps: 12 } as const;
const EXTEND = { left: 64, top: 8, right: 0, bottom: 16, feather: 12 };
const CONTROL = { strength: 0.5, start: 0.1, end: 0.8 };

interface Restored {
  readonly request: Partial<Img2ImgSettings>;
  readonly settings: PictureSettings;
  /** Fields of its input type that say which picture or are said by another one. */
  readonly without?: readonly string[];
  /** What no node of ComfyUI does, so that its graph does not say it. */
  readonly notInGraph?: true;
}

const same = (part: Partial<Img2ImgSettings> & PictureSettings, notInGraph?: true): Restored => ({
  ...{ request: part, settings: part },
  ...(notInGraph && { notInGraph }),
});

/** A value of every field of `Img2ImgInput` that a picture's texts restore, and as what. */
const RESTORED: Readonly<Record<string, Restored>> = {
  model: same({ model: 'dreamer' }),
  seed: same({ seed: '18446744073709551615' }),
  steps: same({ steps: 33 }),
  width: same({ width: 128 }),
  height: same({ height: 192 }),
  samplerName: same({ samplerName: 'dpmpp_2m' }),
  cfg: same({ cfg: 4.5 }),
  scheduler: same({ scheduler: 'karras' }),
  denoiseStrength: same({ denoiseStrength: 0.31 }),
  prompt: same({ prompt: 'a red boat' }),
  negativePrompt: same({ negativePrompt: 'sails' }),
  resizeMode: same({ resizeMode: 'FIT' }),
  noiseDevice: same({ noiseDevice: 'GPU' }, true),
  eta: { request: { options: { eta: 0.5 } }, settings: { eta: 0.5 }, notInGraph: true },
  sNoise: { request: { options: { sNoise: 0.9 } }, settings: { sNoise: 0.9 }, notInGraph: true },
  rescaleCfg: { request: { options: { rescaleCfg: 0.7 } }, settings: { rescaleCfg: 0.7 } },
  flowShift: { request: { options: { flowShift: 3 } }, settings: { flowShift: 3 } },
  cfgInterval: {
    request: { options: { cfgInterval: { start: 0.2, end: 0.8 } } },
    settings: { cfgInterval: { start: 0.2, end: 0.8 } },
    notInGraph: true,
  },
  guidance: same({ guidance: 2.5 }),
  quality: {
    request: { options: { quality: 'FAST' } },
    settings: { quality: 'FAST' },
    notInGraph: true,
  },
  deepCache: {
    request: { options: { deepCache: { interval: 3, depth: 2 } } },
    settings: { deepCache: { interval: 3, depth: 2 } },
    notInGraph: true,
  },
  tokenMerging: {
    request: { options: { tokenMerging: 0.5 } },
    settings: { tokenMerging: 0.5 },
    notInGraph: true,
  },
  promptStyle: same({ promptStyle: 'A1111' }, true),
  emphasis: same({ promptStyle: 'A1111', emphasis: 'NO_NORM' }, true),
  clipSkip: same({ clipSkip: 2 }),
  loras: {
    request: { loras: [{ ...file('detail'), strength: 0.8, textStrength: 0.4 }] },
    settings: { loras: [{ name: 'detail', strength: 0.8, strengthClip: 0.4 }] },
    without: ['textStrength'],
  },
  controls: {
    request: {
      controls: [
        {
          ...{ ...file('union'), ...CONTROL, kind: 'UNION_CONTROLNET', mode: 'LINE', image: null },
          how: { preprocessor: 'CANNY', low: 51, high: 153 },
        },
        {
          ...{ ...file('tile'), ...CONTROL, kind: 'CONTROLNET', image: SOURCE },
          how: { preprocessor: 'BLUR', blur: 3 },
        },
      ],
    },
    settings: {
      controls: [
        { ...CONTROL, model: 'union', mode: 'LINE', preprocessor: 'CANNY', cannyLow: 51, cannyHigh: 153 },
        { ...CONTROL, model: 'tile', preprocessor: 'BLUR', blur: 3 },
      ],
    },
    without: ['image', 'imageUrl', 'imageId'],
  },
  vae: { request: { vae: file('mse') }, settings: { vae: 'mse' }, notInGraph: true },
  decoder: { request: { tinyDecoder: file('taesd') }, settings: { decoder: 'TAESD' } },
  refiner: {
    request: { refiner: { ...file('late'), switchAt: 0.8 } },
    settings: { refiner: { model: 'late', switchAt: 0.8 } },
  },
  tiling: same({ tiling: 'HORIZONTAL' }, true),
  variation: same({ variation: { seed: '7', strength: 0.25 } }, true),
  extend: same({ extend: EXTEND }),
  upscale: {
    request: { upscale: { ...UPSCALE, width: 96, height: 96, model: null } },
    settings: { upscale: UPSCALE },
    without: ['model'], // the latent was resized
    notInGraph: true,
  },
  mask: {
    request: { mask: { ...MASK, sha256: 'cd'.repeat(32) } },
    settings: { mask: MASK },
    without: ['image', 'imageUrl', 'imageId', 'sourceAlpha', 'invert'], // the stored mask is inverted already
  },
};

/** What a picture's texts do not restore, and why. */
const NOT_RESTORED: Readonly<Record<string, string>> = {
  modelName: 'stands for model',
  image: 'the source is not in the file',
  imageId: 'likewise',
  imageUrl: 'likewise',
  batchSize: 'a picture is one; its seed is its own',
  tags: 'the words of who sent the job, not of the picture',
  metadata: 'likewise',
};

function originOf({ request }: Restored): ImageOrigin {
  const whole = { ...PLAIN, ...request };
  return {
    request: whole,
    image: {
      ...{ index: 0, seed: whole.seed },
      ...(whole.variation && { variationSeed: whole.variation.seed }),
    },
    checkpoint: { file: `sd1.5/${whole.model}.safetensors`, family: 'sd15', sha256: undefined },
  };
}

/** A picture of the size that was asked for. */
const encoded = (one: Restored): Promise<Buffer> => {
  const { width, height, upscale } = { ...PLAIN, ...one.request };
  return encodePng(picture(upscale?.width ?? width, upscale?.height ?? height), originOf(one));
};

/** The fields of the input type of a field; none where it is a value. */
function partsOf(name: string): readonly string[] {
  const input = schema.getType('Img2ImgInput');
  const type = isInputObjectType(input) ? getNamedType(input.getFields()[name]!.type) : undefined;
  return isInputObjectType(type) ? Object.keys(type.getFields()) : [];
}

describe('the settings in a picture', () => {
  it('are all that can be asked for, or it is said why not', () => {
    const input = schema.getType('Img2ImgInput');
    const fields = isInputObjectType(input) ? Object.keys(input.getFields()) : [];
    expect([...Object.keys(RESTORED), ...Object.keys(NOT_RESTORED)].sort()).toEqual(fields.sort());
  });

  it.each(Object.entries(RESTORED))('come back with every part of %s', (name, { settings, without = [] }) => {
    const value = settings[name as keyof PictureSettings] as unknown;
    const found = [value].flat().flatMap((one) => (typeof one === 'object' && one ? Object.keys(one) : []));
    for (const part of partsOf(name)) if (!without.includes(part)) expect(found).toContain(part);
  });

  it.each(Object.entries(RESTORED))('come back from the own text: %s', async (_, one) => {
    const { tool, settings } = await readSettings(await encoded(one), decodeRgba);
    expect({ tool, settings }).toMatchObject({ tool: 'LatentQL', settings: one.settings });
  });

  it.each(Object.entries(RESTORED))("come back from the text of A1111's form: %s", async (_, one) => {
    const parameters = (await textsOf(await encoded(one))).get('parameters')!;
    expect((await read({ parameters })).settings).toMatchObject(one.settings);
  });

  it.each(Object.entries(RESTORED).filter(([, { notInGraph }]) => !notInGraph))(
    "come back from ComfyUI's graph: %s",
    async (name, one) => {
      const prompt = (await textsOf(await encoded(one))).get('prompt')!;
      const { settings } = await read({ prompt });
      // The region that was made is not in the graph.
      const { area: _, padding: __, ...mask } = MASK;
      expect(settings).toMatchObject(name === 'mask' ? { mask } : one.settings);
    },
  );
});
