import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { LATENT_FORMATS } from '../../src/engine/families/latent-formats.ts';
import { composite } from '../../src/engine/masks/composite.ts';
import { blankMasked, fitMask, growRounded, type Pixels } from '../../src/engine/masks/inpainting.ts';
import { featherMask, growMask, resizeMask, roundMask, type Mask } from '../../src/engine/masks/mask.ts';
import { epsSchedule } from '../../src/engine/noise/eps-schedule.ts';
import { flowSchedule } from '../../src/engine/noise/flow-schedule.ts';
import type { SchedulerName } from '../../src/engine/noise/names.ts';
import { isGuided, type Network } from '../../src/engine/pipeline/guidance.ts';
import { toModelSpace } from '../../src/engine/pipeline/latent-format.ts';
import { sample, type SampleStep } from '../../src/engine/pipeline/sample.ts';
import { planSampling } from '../../src/engine/pipeline/sampling-plan.ts';
import { CPU } from '../../src/engine/runtime/device.ts';
import type { SamplerName } from '../../src/engine/samplers/names.ts';
import { SAMPLERS } from '../../src/engine/samplers/registry.ts';
import { cropToCells } from './crop.ts';
import { openGolden, type GoldenFile } from './golden-file.ts';
import { latentShare } from './latents.ts';
import { RecipeModels, type ModelsRecord } from './recipe-models.ts';
import { REPORTS_START } from './samplers.ts';
import { relativeError, Tally, type Section } from './section.ts';
import { tokenizeT5 } from './t5-tokens.ts';
import { singleTolerance } from './tolerances.ts';
import { toyNetwork } from './toy-network.ts';

interface MaskOperation {
  readonly id: string;
  readonly op: keyof typeof OPERATIONS;
  readonly grow_mask_by?: number;
  readonly expand?: number;
  readonly tapered_corners?: boolean;
  readonly left?: number;
  readonly top?: number;
  readonly right?: number;
  readonly bottom?: number;
  readonly x?: number;
  readonly y?: number;
  readonly resize_source?: boolean;
  readonly mask?: string | null;
  /** Keys of pixels. */
  readonly pixels?: string;
  readonly destination?: string;
  readonly source?: string;
  readonly latent_shape?: readonly [number, number, number, number];
}

interface Settings {
  readonly id: string;
  readonly sampler: SamplerName;
  readonly scheduler: SchedulerName;
  readonly steps: number;
  readonly denoise: number;
  readonly cfg: number;
  readonly seed: string;
  readonly differential_diffusion?: number | null;
  readonly finite: boolean;
}

interface ToyRun extends Settings {
  readonly param: keyof typeof PARAMETERIZATIONS;
  /** Keys. */
  readonly mask: string;
  readonly latent: string;
  readonly model_calls: number;
  readonly callback_steps: readonly number[];
}

interface WholeRun extends Settings {
  readonly model: string;
  readonly image: string;
  readonly mask: string | null;
  readonly frame: 'SetLatentNoiseMask' | 'VAEEncodeForInpaint' | 'InpaintModelConditioning' | 'none';
  readonly grow_mask_by?: number;
  readonly noise_mask?: boolean;
  readonly batch?: number;
  readonly guidance?: number | null;
  readonly positive: string;
  readonly negative: string;
}

interface Manifest extends ModelsRecord {
  readonly mask_ops: readonly MaskOperation[];
  readonly toy: readonly ToyRun[];
  readonly cases: readonly WholeRun[];
}

const PARAMETERIZATIONS = {
  eps: { schedule: epsSchedule(), latentFormat: LATENT_FORMATS.sd },
  flow: { schedule: flowSchedule(), latentFormat: LATENT_FORMATS.flux },
};

const OPERATION_TOLERANCE = 2e-6;
const TOY_TOLERANCE = { usual: 1e-5, sde: 2e-3 };
/**
 * Pictures with flat grey in them: the recorded latents are 4e-5 to 1.2e-4 from what double precision gives (op by op, in
 * float64), ours 6e-6.
 */
const TOLERANCE = { inputs: 2e-6, latent: 3e-5, blankEncoding: 2e-4, sdeLatent: 5e-3 };
const isSde = (sampler: SamplerName): boolean => /^dpmpp_(2m_|3m_)?sde/.test(sampler);

/** Pixels of a latent cell. */
const CELL = 8;

/** Every mask operation, masked run and inpainting run of `inpaint/`. */
export const inpaint: Section = async (folder, options) => {
  const golden = openGolden(join(folder, 'inpaint/inpaint.safetensors'));
  const manifest = JSON.parse(await readFile(join(folder, 'inpaint/inpaint.json'), 'utf8')) as Manifest;
  const { device = CPU, golden: base = join(folder, '..') } = options;
  const tally = new Tally(options);
  for (const entry of manifest.mask_ops) {
    await tally.check(entry.id, OPERATION_TOLERANCE, () => operationError(entry, golden));
  }
  const toy = JSON.parse(await readFile(join(base, 'samplers/samplers.json'), 'utf8')) as ToyConstants;
  for (const entry of manifest.toy) {
    const tolerance = isSde(entry.sampler) ? TOY_TOLERANCE.sde : TOY_TOLERANCE.usual;
    await tally.check(entry.id, tolerance, () => toyError(entry, golden, toy));
  }
  const models = new RecipeModels(
    folder,
    base,
    manifest,
    device,
    await tokenizeT5(base, options.t5Tokenizer),
  );
  try {
    for (const entry of manifest.cases) {
      await tally.check(entry.id, 1, () => runError(entry, models, golden));
    }
  } finally {
    await models.close();
  }
  return tally.result;
};

/** The largest relative error among what an operation gives. */
function operationError(entry: MaskOperation, golden: GoldenFile): number {
  const results: Readonly<Record<string, ArrayLike<number>>> = OPERATIONS[entry.op](entry, golden);
  return Math.max(
    ...Object.entries(results).map(([key, data]) => relativeError(data, golden.f32(`${entry.id}/${key}`))),
  );
}

const OPERATIONS = {
  VAEEncodeForInpaint(entry: MaskOperation, golden: GoldenFile) {
    const pixels = pixelsAt(golden, entry.pixels!);
    const mask = fitMask(masksAt(golden, `${entry.id}/mask`)[0]!, pixels.width, pixels.height, CELL);
    const cut = cropToCells(pixels.data, golden.shape(entry.pixels!));
    const grown = growRounded(mask, entry.grow_mask_by!);
    return {
      masked_pixels: blankMasked(cut, mask).data,
      noise_mask: grown.data,
      latent_mask: resizeMask(grown, cut.width / CELL, cut.height / CELL).data,
    };
  },
  SetLatentNoiseMask({ id, latent_shape }: MaskOperation, golden: GoldenFile) {
    const [batch, , height, width] = latent_shape!;
    const masks = masksAt(golden, `${id}/mask`).map((mask) => resizeMask(mask, width, height).data);
    return {
      latent_mask: Array.from({ length: batch }, (_, i) => [...masks[i % masks.length]!]).flat(),
    };
  },
  GrowMask({ id, expand, tapered_corners: tapered }: MaskOperation, golden: GoldenFile) {
    const [mask] = masksAt(golden, `${id}/mask`);
    return { out: growMask(mask!, expand!, tapered ? 'tapered' : 'square').data };
  },
  FeatherMask({ id, left, top, right, bottom }: MaskOperation, golden: GoldenFile) {
    const sides = { left: left!, top: top!, right: right!, bottom: bottom! };
    return { out: featherMask(masksAt(golden, `${id}/mask`)[0]!, sides).data };
  },
  ImageCompositeMasked(entry: MaskOperation, golden: GoldenFile) {
    const destination = pixelsAt(golden, entry.destination!);
    const given = pixelsAt(golden, entry.source!);
    const source = entry.resize_source ? resized(given, destination.width, destination.height) : given;
    const mask = entry.mask === null ? null : masksAt(golden, `${entry.id}/mask`)[0]!;
    return { out: composite(destination, source, mask, entry.x, entry.y).data };
  },
};

function pixelsAt(golden: GoldenFile, key: string): Pixels {
  const [, height, width] = golden.shape(key) as [number, number, number];
  return { width, height, data: golden.f32(key) };
}

function masksAt(golden: GoldenFile, key: string): Mask[] {
  const [count, height, width] = golden.shape(key) as [number, number, number];
  const data = golden.f32(key);
  return Array.from({ length: count }, (_, i) => ({
    width,
    height,
    data: data.slice(i * width * height, (i + 1) * width * height),
  }));
}

/** Bilinear, each colour as a plane of its own. */
function resized({ width, height, data }: Pixels, toWidth: number, toHeight: number): Pixels {
  const planes = [0, 1, 2].map((c) => {
    const plane = Float32Array.from({ length: width * height }, (_, i) => data[3 * i + c]!);
    return resizeMask({ width, height, data: plane }, toWidth, toHeight).data;
  });
  const out = new Float32Array(3 * toWidth * toHeight);
  planes.forEach((plane, c) => {
    plane.forEach((value, i) => (out[3 * i + c] = value));
  });
  return { width: toWidth, height: toHeight, data: out };
}

interface ToyConstants {
  readonly k_cond: number;
  readonly k_uncond: number;
  readonly tscale: Readonly<Record<string, number>>;
}

async function toyError(entry: ToyRun, golden: GoldenFile, constants: ToyConstants): Promise<number> {
  const { schedule, latentFormat } = PARAMETERIZATIONS[entry.param];
  const shape = golden.shape(entry.latent) as [number, number, number, number];
  const k = { positive: constants.k_cond, negative: constants.k_uncond };
  const toy = toyNetwork({ shape, k, timestepScale: constants.tscale[entry.param]! });
  const steps: SampleStep[] = [];
  const { differential_diffusion: differential } = entry;
  const final = await sample({
    plan: planSampling({ ...entry, schedule, samplerName: entry.sampler }),
    network: toy.network,
    cfg: entry.cfg,
    seed: BigInt(entry.seed),
    latent: golden.f32(entry.latent),
    shape,
    latentFormat,
    mask: masksAt(golden, entry.mask)[0]!,
    ...(differential != null && { differential }),
    onStep: (step) => steps.push(step),
  });
  if (toy.timesteps.length !== entry.model_calls)
    throw new Error(`${toy.timesteps.length} evaluations, expected ${entry.model_calls}`);
  const recorded = (name: string, values: () => ArrayLike<number>): number =>
    golden.has(`toy/${entry.id}/${name}`)
      ? relativeError(values(), golden.f32(`toy/${entry.id}/${name}`))
      : 0;
  return Math.max(
    recorded('final', () => final),
    recorded('x', () =>
      steps.flatMap(({ x }) => [...(REPORTS_START.includes(entry.sampler) ? steps[0]!.x : x)]),
    ),
    recorded('denoised', () => steps.flatMap(({ denoised }) => [...denoised])),
  );
}

/** The largest error of a whole run, as a share of its tolerance; each stage is given the recorded result of the one before. */
async function runError(entry: WholeRun, models: RecipeModels, golden: GoldenFile): Promise<number> {
  const model = await models.open(entry.model);
  const { latentFormat, latentChannels, inpainting } = model;
  const file = await readFile(
    join(
      entry.image.startsWith('imageC') ? join(models.folder, 'inpaint') : join(models.base, 'pipeline'),
      entry.image,
    ),
  );
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const cut = cropToCells(data, [1, info.height, info.width, 3]);
  const pixels: Pixels = { ...cut, data: Float32Array.from(cut.data, (value) => value / 255) };
  const given = entry.mask === null ? undefined : maskAt(golden, entry.mask);
  const fitted = given && fitMask(given, info.width, info.height, CELL);
  const [height, width] = [cut.height / CELL, cut.width / CELL];
  const shares: Record<string, number> = {};
  const share = (what: string, found: ArrayLike<number>, key: string, tolerance: number) => {
    if (golden.has(key)) shares[what] = relativeError(found, golden.f32(key)) / tolerance;
  };
  const encoding = (isBlank: boolean) =>
    singleTolerance(models.device, isBlank ? TOLERANCE.blankEncoding : TOLERANCE.latent);

  const isBlank = entry.frame === 'VAEEncodeForInpaint';
  const encoded = await model.encodeImage(isBlank ? blankMasked(pixels, fitted!) : pixels);
  share('the input latent', encoded, `${entry.id}/input_latent`, encoding(isBlank));
  const latent = golden.f32(`${entry.id}/input_latent`);

  let noiseMask: Mask | undefined;
  if (entry.frame === 'SetLatentNoiseMask') noiseMask = given;
  if (isBlank) noiseMask = roundMask(growRounded(fitted!, entry.grow_mask_by ?? 0));
  if (entry.frame === 'InpaintModelConditioning' && entry.noise_mask) noiseMask = fitted;
  if (noiseMask && golden.has(`${entry.id}/noise_mask_u8`)) {
    const recorded = golden.u8(`${entry.id}/noise_mask_u8`);
    shares['the noise mask'] = relativeError(noiseMask.data, recorded) / 2e-6;
  }

  let beside: Float32Array | undefined;
  if (inpainting && entry.frame === 'none') beside = inpainting.unmasked(height, width);
  else if (inpainting) {
    let hidden = latent;
    if (entry.frame === 'InpaintModelConditioning') {
      const blank = await model.encodeImage(blankMasked(pixels, fitted!));
      share('the masked picture', blank, `${entry.id}/concat_latent_image`, encoding(true));
      hidden = golden.f32(`${entry.id}/concat_latent_image`);
    }
    const mask = entry.frame === 'InpaintModelConditioning' ? fitted! : noiseMask!;
    beside = inpainting.masked(mask, toModelSpace(hidden, latentFormat), height, width);
  }

  const batch = entry.batch ?? 1;
  const guided = isGuided(entry.cfg, SAMPLERS[entry.sampler]);
  const positive = await model.encodePrompt(entry.positive);
  const negative = guided ? await model.encodePrompt(entry.negative) : positive;
  const conditions = {
    ...(beside && { beside }),
    ...(entry.guidance != null && { guidance: entry.guidance }),
  };
  const network = model.network({ positive, negative }, { batch, height, width }, conditions);
  let first: Float32Array | undefined;
  const watched: Network = (u, ...rest) => {
    first ??= u.slice(0, latent.length);
    return network(u, ...rest);
  };
  const { differential_diffusion: differential } = entry;
  const result = await sample({
    plan: planSampling({ ...entry, schedule: model.schedule, samplerName: entry.sampler }),
    network: watched,
    cfg: entry.cfg,
    seed: BigInt(entry.seed),
    latent: Float32Array.from({ length: batch * latent.length }, (_, i) => latent[i % latent.length]!),
    shape: [batch, latentChannels, height, width],
    latentFormat,
    ...(noiseMask && { mask: noiseMask }),
    ...(differential != null && { differential }),
  });
  share(
    'what the network is given first',
    [...first!, ...(beside ?? [])],
    `${entry.id}/network_input_0`,
    singleTolerance(models.device, TOLERANCE.inputs),
  );
  const tolerance = isSde(entry.sampler) ? TOLERANCE.sdeLatent : TOLERANCE.latent;
  if (golden.has(`${entry.id}/latent`))
    shares['the latent'] = await latentShare(model, models.device, {
      ...{ found: result, expected: golden.f32(`${entry.id}/latent`) },
      ...{ shape: [batch, latentChannels, height, width], tolerance },
    });

  const off = Object.entries(shares).filter(([, error]) => !(error <= 1));
  if (off.length > 0) {
    throw new Error(
      off.map(([what, error]) => `${what} is off by ${error.toFixed(2)} of its tolerance`).join(', '),
    );
  }
  return Math.max(...Object.values(shares));
}

function maskAt(golden: GoldenFile, name: string): Mask {
  const [, height, width] = golden.shape(`mask_u8/${name}`) as [number, number, number];
  const data = Float32Array.from(golden.u8(`mask_u8/${name}`), (value) => Math.fround(value / 255));
  return { width, height, data };
}
