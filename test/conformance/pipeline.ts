import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { SchedulerName } from '../../src/engine/noise/names.ts';
import { createModel } from '../../src/engine/pipeline/families.ts';
import { isGuided } from '../../src/engine/pipeline/guidance.ts';
import type { DiffusionModel } from '../../src/engine/pipeline/model.ts';
import { toBytes } from '../../src/engine/pipeline/pixels.ts';
import { sample, type SampleStep } from '../../src/engine/pipeline/sample.ts';
import { planSampling } from '../../src/engine/pipeline/sampling-plan.ts';
import type { TokenizeT5 } from '../../src/engine/pipeline/t5-encoder.ts';
import type { RgbImage } from '../../src/engine/pipeline/types.ts';
import { CPU, type Device } from '../../src/engine/runtime/device.ts';
import { ModelCache } from '../../src/engine/runtime/model-cache.ts';
import type { SamplerName } from '../../src/engine/samplers/names.ts';
import { SAMPLERS } from '../../src/engine/samplers/registry.ts';
import { latentToRgb } from '../../src/images/preview.ts';
import { openGoldenCheckpoint, type SizeRecord } from './checkpoints.ts';
import { cropToCells } from './crop.ts';
import { openGolden, type GoldenFile } from './golden-file.ts';
import { shareOf } from './latents.ts';
import { readSize } from './nets.ts';
import { relativeError, T5_WANTED, Tally, type Section } from './section.ts';
import { MissingTokensError, tokenizeT5 } from './t5-tokens.ts';
import { psnr, singleTolerance } from './tolerances.ts';

/** One entry of `pipeline.json`. */
export interface PipelineCase {
  readonly id: string;
  readonly model: string;
  /** PNG beside the file. */
  readonly image: string;
  readonly seed: string;
  readonly steps: number;
  readonly cfg: number;
  readonly sampler: SamplerName;
  readonly scheduler: SchedulerName;
  readonly denoise: number;
  readonly batch: number;
  readonly positive: string;
  readonly negative: string;
  readonly disable_noise?: boolean;
  /** What SDXL is told about the picture instead of its size. */
  readonly sizecond?: SizeRecord;
  readonly callback_count: number;
}

const TOLERANCE = { latent: 2e-5, pixels: 1e-3 };
/** Brownian query times are rounded to six decimals, and the networks amplify what that does. */
const SDE_TOLERANCE = { latent: 5e-3, pixels: 0.1 };
const isSde = (sampler: SamplerName): boolean => /^dpmpp_(2m_|3m_)?sde/.test(sampler);

/** Every whole img2img run of `pipeline/`, from the PNG to the pixels and previews. */
export const pipeline: Section = async (folder, options) => {
  const golden = openGolden(join(folder, 'pipeline/pipeline.safetensors'));
  const { cases } = JSON.parse(await readFile(join(folder, 'pipeline/pipeline.json'), 'utf8')) as {
    cases: PipelineCase[];
  };
  const { device = CPU } = options;
  const models = new GoldenModels(folder, device, await tokenizeT5(folder, options.t5Tokenizer));
  const judge = device.profile.compute === 'F16' ? judgePictures : judgeStages;
  const tally = new Tally(options);
  for (const entry of cases.filter(({ id }) => tally.takes(id))) {
    try {
      const { error, cause } = await judge(entry, models, golden);
      tally.add(entry.id, error, 1, cause);
    } catch (failure) {
      if (failure instanceof MissingTokensError) tally.skip(T5_WANTED);
      else tally.add(entry.id, Infinity, 1, String(failure));
    }
  }
  await models.close();
  return tally.result;
};

/** The models of a golden folder. */
class GoldenModels {
  readonly folder: string;
  readonly #tokenizeT5: TokenizeT5;
  readonly device: Device;
  readonly #networks: ModelCache;
  readonly #models = new Map<string, Promise<DiffusionModel>>();

  constructor(folder: string, device: Device, tokenizeT5: TokenizeT5) {
    this.folder = folder;
    this.device = device;
    this.#networks = new ModelCache({ device, memoryLimit: 2 ** 30 });
    this.#tokenizeT5 = tokenizeT5;
  }

  open(name: string): Promise<DiffusionModel> {
    const model = this.#models.get(name) ?? this.#create(name);
    this.#models.set(name, model);
    return model;
  }

  close(): Promise<void> {
    return this.#networks.clear();
  }

  async #create(name: string): Promise<DiffusionModel> {
    const checkpoint = await openGoldenCheckpoint(this.folder, name);
    return createModel(checkpoint, this.#networks, this.#tokenizeT5);
  }
}

/** How far a case is off. */
interface Verdict {
  /** The largest error as a share of its tolerance. */
  readonly error: number;
  /** Set for a case that is off. */
  readonly cause?: string;
}

/** Each stage is given the recorded result of the one before it, so that errors do not pile up. */
async function judgeStages(entry: PipelineCase, models: GoldenModels, golden: GoldenFile): Promise<Verdict> {
  const image = await openPicture(join(models.folder, 'pipeline', entry.image));
  const model = await models.open(entry.model);
  const own = isSde(entry.sampler) ? SDE_TOLERANCE : TOLERANCE;
  const tolerance = {
    latent: singleTolerance(models.device, own.latent),
    pixels: singleTolerance(models.device, own.pixels),
  };
  const { family, latentChannels: channels } = model;
  const width = image.width / model.cellSize;
  const height = image.height / model.cellSize;
  const encoded = golden.f32(`${entry.model}/encoded/${entry.image}`);
  /** Errors as shares of their tolerances. */
  const shares: Record<string, number> = {};
  shares['the encoded image'] =
    relativeError(await model.encodeImage(image), encoded) / singleTolerance(models.device, TOLERANCE.latent);

  const latent = repeated(encoded, entry.batch);
  const { result, steps } = await run(entry, model, latent, { width, height });
  // The newer generation draws ancestral noise from seed + 1; where that matters both are recorded.
  const newer = golden.has(`${entry.id}/latent_seedplus1`) ? '_seedplus1' : '';
  const expected = golden.f32(`${entry.id}/latent${newer}`);
  shares['the latent'] = relativeError(result, expected) / tolerance.latent;

  const pictures = [];
  for (let i = 0; i < entry.batch; i++) {
    const one = expected.slice(i * encoded.length, (i + 1) * encoded.length);
    pictures.push(toBytes(await model.decode(one, height, width)).data);
  }
  const picture = golden.u8(`${entry.id}/image_u8${newer}`);
  shares['the decoded image'] =
    pixelError(pictures, picture) / singleTolerance(models.device, TOLERANCE.pixels);

  const previews = steps.map(({ denoised }) => {
    const data = denoised.subarray(0, encoded.length);
    return latentToRgb({ family, channels, height, width, data }).data;
  });
  const recorded = golden.u8(`${entry.id}/preview_u8`);
  if (newer === '') shares['a preview'] = pixelError(previews, recorded) / tolerance.pixels;
  else if (Buffer.concat(previews).length !== recorded.length) shares['the number of steps'] = Infinity;
  if (newer === '' && golden.has(`${entry.id}/denoised`)) {
    const denoised = joined(steps.map((step) => step.denoised));
    shares['a denoised latent'] =
      relativeError(denoised, golden.f32(`${entry.id}/denoised`)) / tolerance.latent;
  }

  const off = Object.entries(shares).filter(([, share]) => !(share <= 1));
  const error = Math.max(...Object.values(shares).map((share) => (Number.isNaN(share) ? Infinity : share)));
  if (off.length === 0) return { error };
  const found = off
    .map(([what, share]) => `${what} is off by ${share.toFixed(2)} of its tolerance`)
    .join(', ');
  const { result: moved } = await run(entry, model, nudged(latent), { width, height });
  const response = relativeError(moved, result) / tolerance.latent;
  return { error, cause: response <= 1 ? found : `${found}; ${UNDECIDED} ${response.toFixed(2)} of it` };
}

/** In half precision rounding piles up over the steps: whole runs are compared, by their pictures, with those in float32. */
async function judgePictures(
  entry: PipelineCase,
  models: GoldenModels,
  golden: GoldenFile,
): Promise<Verdict> {
  const image = await openPicture(join(models.folder, 'pipeline', entry.image));
  const model = await models.open(entry.model);
  const size = { width: image.width / model.cellSize, height: image.height / model.cellSize };
  const encoded = await model.encodeImage(image);
  const { result } = await run(entry, model, repeated(encoded, entry.batch), size);
  const pictures = [];
  for (let i = 0; i < entry.batch; i++) {
    const one = result.slice(i * encoded.length, (i + 1) * encoded.length);
    pictures.push(toBytes(await model.decode(one, size.height, size.width)).data);
  }
  const newer = golden.has(`${entry.id}/image_u8_seedplus1`) ? '_seedplus1' : '';
  const decibels = psnr(Buffer.concat(pictures), golden.u8(`${entry.id}/image_u8${newer}`));
  const error = shareOf(decibels);
  return error <= 1
    ? { error }
    : { error, cause: `its picture is ${decibels.toFixed(1)} dB from the recorded one` };
}

/** How the cause of a failure begins whose input, moved by one ulp, moves the result by more than the tolerance. */
export const UNDECIDED =
  'float32 does not decide it: one ulp in its input, and with it every rounding, moves the latent by';

/** Samples a case from a latent; `size` counts latent cells. */
async function run(
  entry: PipelineCase,
  model: DiffusionModel,
  latent: Float32Array,
  size: { readonly width: number; readonly height: number },
) {
  const { schedule, latentFormat, latentChannels } = model;
  const positive = await model.encodePrompt(entry.positive);
  const guided = isGuided(entry.cfg, SAMPLERS[entry.sampler]);
  const negative = guided ? await model.encodePrompt(entry.negative) : positive;
  const steps: SampleStep[] = [];
  const result = await sample({
    plan: planSampling({ ...entry, schedule, samplerName: entry.sampler }),
    network: model.network(
      { positive, negative },
      { batch: entry.batch, ...size },
      entry.sizecond && { size: readSize(entry.sizecond) },
    ),
    cfg: entry.cfg,
    seed: BigInt(entry.seed),
    latent,
    shape: [entry.batch, latentChannels, size.height, size.width],
    latentFormat,
    ...(entry.disable_noise === true && { noise: new Float32Array(latent.length) }),
    onStep: (step) => steps.push(step),
  });
  return { result, steps };
}

/** Every other value one ulp away from zero. */
function nudged(vector: Float32Array): Float32Array {
  const out = vector.slice();
  const bits = new Uint32Array(out.buffer);
  for (let i = 0; i < bits.length; i += 2) if (out[i] !== 0) bits[i]!++;
  return out;
}

/** The share of values that differ; Infinity if any differs by more than one level. */
export function pixelError(found: readonly Uint8Array[], expected: Uint8Array): number {
  const values = Buffer.concat(found);
  if (values.length !== expected.length) return Infinity;
  let different = 0;
  for (const [i, value] of values.entries()) {
    const distance = Math.abs(value - expected[i]!);
    if (distance > 1) return Infinity;
    different += distance;
  }
  return different / values.length;
}

/** A PNG, its sides cut to multiples of 8 around the centre. */
export async function openPicture(path: string): Promise<RgbImage> {
  const file = await readFile(path);
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return cropToCells(data, [1, info.height, info.width, info.channels]);
}

function repeated(vector: Float32Array, times: number): Float32Array {
  return joined(Array.from({ length: times }, () => vector));
}

/** Vectors one after the other. */
export function joined(vectors: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(vectors.reduce((length, vector) => length + vector.length, 0));
  let at = 0;
  for (const vector of vectors) {
    out.set(vector, at);
    at += vector.length;
  }
  return out;
}
