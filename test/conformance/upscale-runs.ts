import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { openUpscaler } from '../../src/engine/checkpoint/upscaler.ts';
import { vaeDecoderGraph, vaeEncoderGraph } from '../../src/engine/networks/vae.ts';
import type { SchedulerName } from '../../src/engine/noise/names.ts';
import { createModel } from '../../src/engine/pipeline/families.ts';
import { isGuided } from '../../src/engine/pipeline/guidance.ts';
import type { DiffusionModel } from '../../src/engine/pipeline/model.ts';
import { createPictureUpscaler } from '../../src/engine/pipeline/picture-upscaler.ts';
import { sample } from '../../src/engine/pipeline/sample.ts';
import { planSampling } from '../../src/engine/pipeline/sampling-plan.ts';
import type { TokenizeT5 } from '../../src/engine/pipeline/t5-encoder.ts';
import { mapFeathered } from '../../src/engine/resizing/feathered-tiles.ts';
import { toInterleaved, toPlanes, type Planes } from '../../src/engine/resizing/planes.ts';
import { resizePlanes, roundEven, type LatentMethod } from '../../src/engine/resizing/resize.ts';
import type { Device } from '../../src/engine/runtime/device.ts';
import type { ModelCache } from '../../src/engine/runtime/model-cache.ts';
import { openSession } from '../../src/engine/runtime/session.ts';
import type { SamplerName } from '../../src/engine/samplers/names.ts';
import { SAMPLERS } from '../../src/engine/samplers/registry.ts';
import { openGoldenCheckpoint } from './checkpoints.ts';
import { cropToCells } from './crop.ts';
import type { GoldenFile } from './golden-file.ts';
import type { RecipeCheckpoints } from './recipes.ts';
import { relativeError } from './section.ts';
import { networkTolerance, singleTolerance } from './tolerances.ts';
import { lanczosPlanes } from './upscale-operations.ts';

type Enlargement =
  | { readonly op: 'LatentUpscaleBy'; readonly method: LatentMethod; readonly scale_by: number }
  | { readonly op: 'image'; readonly method: LatentMethod | 'lanczos'; readonly scale_by: number }
  | {
      readonly op: 'model';
      readonly upscaler: string;
      readonly then?: { readonly method: LatentMethod | 'lanczos'; readonly scale_by: number };
    };

/** One entry of `cases`. */
export interface TwoPassRun {
  readonly id: string;
  readonly model: string;
  readonly image: string;
  readonly up: Enlargement;
  readonly sampler: SamplerName;
  readonly scheduler: SchedulerName;
  readonly steps: number;
  readonly denoise: number;
  readonly steps2: number;
  readonly denoise2: number;
  readonly cfg: number;
  readonly seed: string;
  readonly seed2: string;
  readonly positive: string;
  readonly negative: string;
}

/** One entry of `tiled_vae`. */
export type TiledVae =
  | { readonly op: 'decode'; readonly tile_latent: number; readonly overlap_latent: number }
  | { readonly op: 'encode'; readonly tile_pixels: number; readonly overlap_pixels: number };

const TOLERANCE = { latent: 3e-5, lanczos: 3e-3, resized: 2e-6, bislerp: 1e-4, autoencoder: 1e-5 };

/** Pixels of a latent cell. */
const CELL = 8;

/** What runs share. */
export interface RunContext {
  /** The folder of the base checkpoints and pictures. */
  readonly base: string;
  readonly device: Device;
  readonly networks: ModelCache;
  readonly checkpoints: RecipeCheckpoints;
  readonly tokenizeT5: TokenizeT5;
}

/** The largest error of a run, as a share of its tolerance; each stage is given the recorded result of the one before. */
export async function twoPassError(
  run: TwoPassRun,
  golden: GoldenFile,
  context: RunContext,
): Promise<number> {
  const { base, device, networks } = context;
  const model = createModel(await openGoldenCheckpoint(base, run.model), networks, context.tokenizeT5);
  const shares: Record<string, number> = {};
  const share = (what: string, found: ArrayLike<number>, tolerance: number) => {
    shares[what] = relativeError(found, golden.f32(`${run.id}/${what}`)) / tolerance;
  };
  const picture = sharp(await readFile(join(base, 'pipeline', run.image))).removeAlpha();
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  share('encoded', await model.encodeImage({ ...info, data }), singleTolerance(device, TOLERANCE.latent));

  const first = { ...run, latent: 'encoded' };
  share('first', await pass(first, model, golden), networkTolerance(device, TOLERANCE.latent));
  share(
    'upscaled',
    await enlarged(run, model, golden, context),
    singleTolerance(device, toleranceOf(run.up)),
  );
  const second = { ...run, steps: run.steps2, denoise: run.denoise2, seed: run.seed2, latent: 'upscaled' };
  share('latent', await pass(second, model, golden), networkTolerance(device, TOLERANCE.latent));
  const off = Object.entries(shares).filter(([, error]) => !(error <= 1));
  if (off.length > 0)
    throw new Error(
      off.map(([what, error]) => `${what} is off by ${error.toFixed(2)} of its tolerance`).join(),
    );
  return Math.max(...Object.values(shares));
}

function toleranceOf(up: Enlargement): number {
  if (up.op === 'LatentUpscaleBy') return up.method === 'bislerp' ? TOLERANCE.bislerp : TOLERANCE.resized;
  const method = up.op === 'image' ? up.method : up.then?.method;
  return method === 'lanczos' ? TOLERANCE.lanczos : TOLERANCE.latent;
}

/** A sampler run from a recorded latent. */
async function pass(
  run: Pick<
    TwoPassRun,
    'id' | 'sampler' | 'scheduler' | 'steps' | 'denoise' | 'cfg' | 'seed' | 'positive' | 'negative'
  > & {
    readonly latent: string;
  },
  model: DiffusionModel,
  golden: GoldenFile,
): Promise<Float32Array> {
  const key = `${run.id}/${run.latent}`;
  const [batch, channels, height, width] = golden.shape(key) as [number, number, number, number];
  const positive = await model.encodePrompt(run.positive);
  const guided = isGuided(run.cfg, SAMPLERS[run.sampler]);
  const negative = guided ? await model.encodePrompt(run.negative) : positive;
  return sample({
    plan: planSampling({ ...run, schedule: model.schedule, samplerName: run.sampler }),
    network: model.network({ positive, negative }, { batch, height, width }),
    cfg: run.cfg,
    seed: BigInt(run.seed),
    latent: golden.f32(key),
    shape: [batch, channels, height, width],
    latentFormat: model.latentFormat,
  });
}

async function enlarged(
  { id, up }: TwoPassRun,
  model: DiffusionModel,
  golden: GoldenFile,
  { networks, checkpoints }: RunContext,
): Promise<Float32Array> {
  const latent = planesAt(golden, `${id}/first`);
  if (up.op === 'LatentUpscaleBy') return scaledBy(latent, up).data;
  let picture = toPlanes(await model.decode(latent.data, latent.height, latent.width));
  if (up.op === 'image') picture = scaledBy(picture, up);
  else {
    const upscaler = createPictureUpscaler(await openUpscaler(await checkpoints.path(up.upscaler)), networks);
    picture = await upscaler.upscale(picture);
    if (up.then) picture = scaledBy(picture, up.then);
  }
  const { height, width, data } = toInterleaved(picture);
  return model.encodeImage(cropToCells(data, [1, height, width, 3]));
}

function scaledBy(
  planes: Planes,
  { method, scale_by: by }: { readonly method: LatentMethod | 'lanczos'; readonly scale_by: number },
): Planes {
  const [width, height] = [roundEven(planes.width * by), roundEven(planes.height * by)];
  return method === 'lanczos'
    ? lanczosPlanes(planes, width, height)
    : resizePlanes(planes, width, height, method);
}

function planesAt(golden: GoldenFile, key: string): Planes {
  const [, channels, height, width] = golden.shape(key) as [number, number, number, number];
  return { channels, height, width, data: golden.f32(key) };
}

/** ComfyUI's tiled autoencoder: the mean of three passes over tiles of other proportions, clamped after it. */
export async function tiledVaeError(
  entry: TiledVae,
  golden: GoldenFile,
  context: RunContext,
): Promise<number> {
  const { base, device } = context;
  const checkpoint = await openGoldenCheckpoint(base, 'sd15-f16');
  const decodes = entry.op === 'decode';
  const [tile, overlap] = decodes
    ? [entry.tile_latent, entry.overlap_latent]
    : [entry.tile_pixels, entry.overlap_pixels];
  const compute = async ({ height, width, data, channels }: Planes): Promise<Float32Array> => {
    const cell = decodes ? 1 : CELL;
    const size = { batch: 1, height: height / cell, width: width / cell, profile: device.profile };
    const graph = decodes
      ? vaeDecoderGraph(checkpoint, { ...size, unclamped: true })
      : vaeEncoderGraph(checkpoint, size);
    const session = await openSession(graph, device);
    const results = await session.run(
      decodes ? { latent: data } : { pixels: toInterleaved({ channels, height, width, data }).data },
    );
    await session.release();
    if (!decodes) return results['latent']!;
    return toPlanes({ height: height * CELL, width: width * CELL, data: results['pixels']! }).data;
  };
  const pixels = golden.shape('tiled_vae/pixels_u8');
  const from = decodes
    ? planesAt(golden, 'tiled_vae/latent')
    : toPlanes({
        height: pixels[1]!,
        width: pixels[2]!,
        data: Float32Array.from(golden.u8('tiled_vae/pixels_u8'), (value) => value / 255),
      });
  const target = decodes ? { channels: 3, scale: CELL } : { channels: 4, scale: 1 / CELL };
  const passes = [
    { width: Math.floor(tile / 2), height: tile * 2 },
    { width: tile * 2, height: Math.floor(tile / 2) },
    { width: tile, height: tile },
  ];
  const done: Planes[] = [];
  for (const size of passes) done.push(await mapFeathered(from, { ...size, overlap }, target, compute));
  const mean = done[0]!.data.map((value, i) => (value + done[1]!.data[i]! + done[2]!.data[i]!) / 3);
  const found = decodes
    ? toInterleaved({ ...done[0]!, data: mean.map((value) => Math.min(Math.max(value, 0), 1)) }).data
    : mean;
  return (
    relativeError(found, golden.f32(`tiled_vae/${entry.op}_tile${tile}_overlap${overlap}`)) /
    singleTolerance(device, TOLERANCE.autoencoder)
  );
}
