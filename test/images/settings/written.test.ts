import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { SAMPLER_NAMES, SCHEDULER_NAMES, type SamplerName } from '../../../src/engine/index.ts';
import { encodePng, type ImageOrigin } from '../../../src/images/encode.ts';
import { generationText } from '../../../src/images/generation-text.ts';
import { withPngText } from '../../../src/images/png-text.ts';
import { decodeRgba } from '../../../src/images/rgba.ts';
import { textsOf } from '../../../src/images/settings/containers/index.ts';
import type { PictureControl } from '../../../src/images/settings/controls.ts';
import { SAMPLER_LABELS } from '../../../src/images/settings/names.ts';
import type { PictureSettings } from '../../../src/images/settings/picture-settings.ts';
import { readSettings } from '../../../src/images/settings/read-settings.ts';
import { SETTING_LIMITS } from '../../../src/images/settings/reading.ts';
import { transcode } from '../../../src/images/transcode.ts';
import type { ControlPreprocessing, Img2ImgSettings, JobControl } from '../../../src/jobs/request.ts';
import { IMG2IMG_LIMITS } from '../../../src/resolvers/img2img-fields.ts';
import { picture } from '../pictures.ts';

const TILINGS = ['BOTH', 'HORIZONTAL', 'VERTICAL'] as const;
const side = fc.integer({ min: 8, max: 256 }).map((eighths) => 8 * eighths);
const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.constantFrom(
    '',
    ' ',
    'Steps: 3',
    'a\nNegative prompt: b\nSteps: 1, Sampler: x, Seed: 2',
    '"',
    '\0',
    '<lora:a:1>',
    '猫',
  ),
);
const plainRequests: fc.Arbitrary<Img2ImgSettings> = fc.record({
  model: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,30}$/),
  seed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  steps: fc.integer({ min: 1, max: 150 }),
  batchSize: fc.constant(1),
  width: side,
  height: side,
  samplerName: fc.constantFrom(...SAMPLER_NAMES),
  cfg: fc.double({ min: 0, max: 100, noNaN: true }),
  denoiseStrength: fc.double({ min: 0, max: 1, noNaN: true }),
  scheduler: fc.constantFrom(...SCHEDULER_NAMES),
  prompt: words,
  negativePrompt: words,
  imageUrl: fc.constant(''),
  resizeMode: fc.constantFrom('CROP', 'FIT', 'STRETCH'),
  source: fc.constantFrom(null, { sha256: 'ab'.repeat(32), width: 640, height: 480 }),
});
const requests = fc.oneof(
  plainRequests,
  plainRequests.map((request): Img2ImgSettings => ({ ...request, noiseDevice: 'GPU' })),
  fc
    .tuple(
      plainRequests,
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
    )
    .map(([request, seed, strength]): Img2ImgSettings => {
      const refiner = {
        name: 'xl.refiner',
        file: 'xl.refiner.safetensors',
        sha256: 'cd'.repeat(32),
        switchAt: strength,
      };
      const variation = { seed: String(seed), strength };
      const tinyDecoder = { name: 'taesd', file: 'vae_approx/taesd.safetensors', sha256: 'ef'.repeat(32) };
      return { ...request, variation, refiner, tinyDecoder, tiling: TILINGS[request.steps % 3]! };
    }),
  fc
    .tuple(plainRequests, fc.double({ min: 0, max: 0.5, noNaN: true }))
    .map(([request, x]): Img2ImgSettings => {
      const cfgInterval = { start: x, end: x + 0.5 };
      const shortcuts = {
        quality: 'FAST' as const,
        deepCache: { interval: 1 + Math.round(9 * x), depth: Math.round(20 * x) },
        tokenMerging: x,
      };
      const options = { eta: x, sNoise: x, rescaleCfg: x, cfgInterval, flowShift: 0.1 + x, ...shortcuts };
      return { ...request, options, guidance: 100 * x };
    }),
  plainRequests.map((request): Img2ImgSettings => {
    const extend = { left: 64, top: 0, right: 8, bottom: 16, feather: 24 };
    return { ...request, ...(request.source && { extend }) };
  }),
);
const share = fc.integer({ min: 0, max: 50 }).map((hundredths) => hundredths / 100);
const preprocessings: fc.Arbitrary<ControlPreprocessing> = fc.oneof(
  fc.constantFrom('NONE', 'INVERT', 'LUMINANCE', 'SCRIBBLE').map((preprocessor) => ({ preprocessor })),
  fc.integer({ min: 0, max: 1000 }).map((low) => ({ preprocessor: 'CANNY' as const, low, high: 2 * low })),
  fc.integer({ min: 1, max: 64 }).map((blur) => ({ preprocessor: 'BLUR' as const, blur })),
);
const controls: fc.Arbitrary<JobControl> = fc
  .record({
    name: fc.stringMatching(/^[a-z][a-z0-9_]{0,30}$/),
    how: preprocessings,
    start: share,
    strength: share,
  })
  .map(({ name, ...use }) => ({
    ...{ ...use, name, file: `ControlNet/${name}.safetensors`, sha256: 'ab'.repeat(32) },
    ...{ kind: 'UNION_CONTROLNET', mode: 'LINE', end: use.start + 0.5, image: null },
  }));
const controlledOrigins = (): fc.Arbitrary<ImageOrigin> =>
  fc.tuple(origins, fc.array(controls, { minLength: 1, maxLength: 3 })).map(([origin, controls]) => {
    const image = origin.request.source ? null : { sha256: 'f0'.repeat(32), width: 64, height: 64 };
    return { ...origin, request: { ...origin.request, controls: controls.map((it) => ({ ...it, image })) } };
  });

/** What a reader must give back of a control. */
const pictureControl = ({ name: model, mode, strength, start, end, how }: JobControl): PictureControl => ({
  ...{ model, strength, start, end, preprocessor: how.preprocessor },
  ...(mode && { mode }),
  ...(how.preprocessor === 'CANNY' && { cannyLow: how.low, cannyHigh: how.high }),
  ...(how.preprocessor === 'BLUR' && { blur: how.blur }),
});

const sha256s = fc.option(fc.stringMatching(/^[0-9a-f]{64}$/), { nil: undefined });
const origins: fc.Arbitrary<ImageOrigin> = fc
  .record({ request: requests, sha256: sha256s, family: fc.constantFrom('sd15', 'flux', null) })
  .map(({ request, sha256, family }) => ({
    request,
    image: {
      ...{ index: 0, seed: request.seed },
      ...(request.variation && { variationSeed: request.variation.seed }),
    },
    checkpoint: { file: `sd1.5/${request.model}.safetensors`, family, sha256 },
  }));

/** What a reader must give back of a request. */
function settingsOf({ request, checkpoint: { sha256 } }: ImageOrigin): PictureSettings {
  const { model, prompt, negativePrompt, seed, steps, cfg, samplerName, scheduler, width, height } = request;
  const { noiseDevice, variation, tiling, refiner, guidance, extend, tinyDecoder } = request;
  return {
    ...{ model, prompt, negativePrompt, seed, steps, cfg, samplerName, scheduler, width, height },
    ...(noiseDevice && { noiseDevice }),
    ...(variation && { variation }),
    ...(tiling && { tiling }),
    ...(tinyDecoder && { decoder: 'TAESD' as const }),
    ...(refiner && { refiner: { model: refiner.name, switchAt: refiner.switchAt } }),
    ...request.options,
    ...(guidance != null && { guidance }),
    ...(extend && { extend }),
    ...(request.source && {
      denoiseStrength: request.denoiseStrength,
      resizeMode: request.resizeMode,
    }),
    ...(sha256 !== undefined && { modelHash: sha256 }),
  };
}

const read = (bytes: Uint8Array) => readSettings(bytes, decodeRgba);

/** A picture of 64 × 64 that says that it has the size of the request. */
const encoded = (origin: ImageOrigin) => encodePng(picture(64, 64), origin);

describe('what is written into a result', () => {
  it('comes back the same for any settings', async () => {
    const property = fc.asyncProperty(origins, async (origin) => {
      const { tool, settings } = await read(await encoded(origin));
      expect({ tool, settings }).toEqual({ tool: 'LatentQL', settings: settingsOf(origin) });
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it("comes back with its controls, from its own text and from that in A1111's form", async () => {
    const property = fc.asyncProperty(controlledOrigins(), async (origin) => {
      const expected = origin.request.controls!.map(pictureControl);
      expect((await read(await encoded(origin))).settings.controls).toEqual(expected);
      expect((await read(await withOnly(origin, ['parameters']))).settings.controls).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it.each(['JPEG', 'WEBP', 'AVIF'] as const)('comes back the same from a %s', async (format) => {
    const property = fc.asyncProperty(origins, async (origin) => {
      const { tool, settings } = await read(
        await transcode(await encoded(origin), { format, quality: undefined }),
      );
      expect({ tool, settings }).toEqual({ tool: 'LatentQL', settings: settingsOf(origin) });
    });
    await fc.assert(property, { numRuns: 30 });
  });

  it.each(['JPEG', 'WEBP', 'AVIF'] as const)('survives the longest prompts in a %s', async (format) => {
    for (const letter of ['a', '猫']) {
      const [origin] = fc.sample(origins, { numRuns: 1, seed: 1 });
      const request = {
        ...origin!.request,
        prompt: letter.repeat(10_000),
        negativePrompt: letter.repeat(10_000),
      };
      const bytes = await transcode(await encoded({ ...origin!, request }), { format, quality: undefined });
      expect((await read(bytes)).settings).toEqual(settingsOf({ ...origin!, request }));
      expect(await sharp(bytes).metadata()).toMatchObject({ width: 64, height: 64 });
    }
  });
});

const plain = /^[\p{L}\p{N} ]*$/u;
/** What other programs cannot tell apart: devices; and a prompt that their own grammar would break. */
const byLabel = (name: SamplerName): SamplerName =>
  name === 'uni_pc_bh2'
    ? name
    : SAMPLER_NAMES.find((other) => SAMPLER_LABELS[other] === SAMPLER_LABELS[name])!;

/** A PNG with some of a result's texts only, as a program sees it that knows no others. */
async function withOnly(origin: ImageOrigin, names: readonly string[]): Promise<Buffer> {
  const texts = await textsOf(await encoded(origin));
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  return withPngText(png, Object.fromEntries(names.map((name) => [name, texts.get(name)!])));
}

describe('what other programs read of a result', () => {
  it("is A1111's text, with the size of the picture and the first ten digits of the hash", async () => {
    const property = fc.asyncProperty(origins, async (origin) => {
      const { prompt, negativePrompt, samplerName } = origin.request;
      fc.pre(plain.test(prompt) && plain.test(negativePrompt));
      const expected = settingsOf(origin);
      expect((await read(await withOnly(origin, ['parameters']))).settings).toEqual({
        ...expected,
        samplerName: byLabel(samplerName),
        prompt: prompt.trim(),
        negativePrompt: negativePrompt.trim(),
        width: 64,
        height: 64,
        ...(expected.modelHash !== undefined && { modelHash: expected.modelHash.slice(0, 10) }),
      });
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it("is ComfyUI's graph, with any prompt and the exact sampler", async () => {
    const property = fc.asyncProperty(origins, async (origin) => {
      const { modelHash: _, ...expected } = settingsOf(origin);
      const { prompt, negativePrompt } = origin.request;
      const { tool, settings } = await read(await withOnly(origin, ['prompt', 'workflow']));
      expect(tool).toBe('ComfyUI');
      expect(settings).toMatchObject({
        model: expected.model,
        seed: expected.seed,
        steps: expected.steps,
        cfg: expected.cfg,
        samplerName: expected.samplerName,
        scheduler: expected.scheduler,
        prompt: prompt.replaceAll('\r', '').trim(),
        negativePrompt: negativePrompt.replaceAll('\r', '').trim(),
      });
      const { rescaleCfg, flowShift, refiner } = expected;
      expect(settings).toMatchObject({ ...(rescaleCfg && { rescaleCfg }), ...(flowShift && { flowShift }) });
      if (settings.refiner) {
        const own = Math.round(refiner!.switchAt * expected.steps!);
        expect(settings.refiner).toEqual({ model: refiner!.model, switchAt: own / expected.steps! });
        const leftOut = (strength = 1) => Math.trunc(expected.steps! / strength) - expected.steps!;
        expect(leftOut(settings.denoiseStrength)).toBe(leftOut(expected.denoiseStrength));
      } else expect(settings.denoiseStrength).toBe(expected.denoiseStrength);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it("is an editor's graph whose links fit its nodes", async () => {
    for (const origin of fc.sample(origins, { numRuns: 30, seed: 7 })) {
      const workflow = JSON.parse((await textsOf(await encoded(origin))).get('workflow')!) as Workflow;
      const node = (id: number) => workflow.nodes.find((candidate) => candidate.id === id)!;
      expect(workflow.links).toHaveLength(workflow.last_link_id);
      for (const [id, from, output, to, input, type] of workflow.links) {
        expect(node(from).outputs[output]).toMatchObject({
          type,
          links: expect.arrayContaining([id]) as number[],
        });
        expect(node(to).inputs[input]).toMatchObject({ type, link: id });
      }
      const { steps, cfg, samplerName, scheduler, tiling, variation } = origin.request;
      const sampler = workflow.nodes.find(({ type }) => type === 'KSampler');
      const values = ['fixed', steps, cfg, samplerName, scheduler];
      if (sampler) expect(sampler.widgets_values.slice(1, 6)).toEqual(values);
      const parts = workflow.nodes.filter(({ type }) => type === 'KSamplerAdvanced');
      expect(parts).toHaveLength(sampler ? 0 : 2);
      for (const part of parts) expect(part.widgets_values.slice(2, 3)).toEqual(['fixed']);
      const notes = workflow.nodes.filter(({ type }) => type === 'Note');
      const note = String(notes[0]?.widgets_values[0]);
      if (tiling) expect(note).toContain(`tiling ${tiling}`);
      if (variation)
        expect(note).toContain(`variation: seed ${variation.seed}, strength ${variation.strength}`);
    }
  });

  it('is for JPEG in the bytes where A1111 and ComfyUI look', async () => {
    const [origin] = fc.sample(origins, { numRuns: 1, seed: 3 });
    const request = { ...origin!.request, prompt: '猫, rain', negativePrompt: 'dog' };
    const jpeg = await transcode(await encoded({ ...origin!, request }), {
      format: 'JPEG',
      quality: undefined,
    });
    const exif = (await sharp(jpeg).metadata()).exif!;
    const comment = generationText(
      request,
      { seed: request.seed, width: 64, height: 64 },
      {
        name: request.model,
        sha256: origin!.checkpoint.sha256,
      },
    );
    const utf16 = Buffer.from(comment, 'utf16le').swap16();
    expect(exif.includes(Buffer.concat([Buffer.from('UNICODE\0'), utf16]))).toBe(true);
    expect(exif.includes('prompt:{"1":{"class_type":')).toBe(true);
    expect(exif.includes('workflow:{"last_node_id":')).toBe(true);
    expect(exif.includes('"text":"\\u732b, rain"')).toBe(true);
  });
});

interface Workflow {
  readonly last_link_id: number;
  readonly nodes: readonly {
    readonly id: number;
    readonly type: string;
    readonly inputs: readonly { readonly type: string; readonly link: number }[];
    readonly outputs: readonly { readonly type: string; readonly links: readonly number[] }[];
    readonly widgets_values: readonly unknown[];
  }[];
  readonly links: readonly (readonly [number, number, number, number, number, string])[];
}

describe('transcode', () => {
  it.each(['JPEG', 'WEBP', 'AVIF'] as const)('says 72 dpi or nothing in a %s', async (format) => {
    const [origin] = fc.sample(origins, { numRuns: 1, seed: 3 });
    const bytes = await transcode(await encoded(origin!), { format, quality: undefined });
    const { exif, density = 72 } = await sharp(bytes).metadata();
    const tiff = exif!.subarray(6);
    const entry = Array.from({ length: tiff.readUInt16BE(8) }, (_, i) => 10 + 12 * i).find(
      (at) => tiff.readUInt16BE(at) === 0x011a,
    )!;
    const value = tiff.readUInt32BE(entry + 8);
    expect([density, tiff.readUInt32BE(value) / tiff.readUInt32BE(value + 4)]).toEqual([72, 72]);
  });

  it('leaves the texts of a picture from elsewhere behind', async () => {
    const png = withPngText(
      await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
      { parameters: 'private words\nSteps: 20, Sampler: Euler, Seed: 1' },
    );
    expect((await read(await transcode(png, { format: 'JPEG', quality: undefined }))).tool).toBe(null);
  });
});

describe('SETTING_LIMITS', () => {
  it('are those of img2img', () => {
    const { steps, cfg, denoiseStrength, width, height } = IMG2IMG_LIMITS;
    expect(SETTING_LIMITS).toMatchObject({ steps, cfg, denoiseStrength, side: width });
    expect(height).toEqual(width);
  });
});
