import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWeights } from '../../src/engine/checkpoint/quantisation.ts';
import { openUpscaler } from '../../src/engine/checkpoint/upscaler.ts';
import { WeightSource } from '../../src/engine/checkpoint/weight-source.ts';
import { tinyDecoderGraph, tinyEncoderGraph } from '../../src/engine/networks/taesd.ts';
import { createPictureUpscaler } from '../../src/engine/pipeline/picture-upscaler.ts';
import { CPU, type Device } from '../../src/engine/runtime/device.ts';
import { ModelCache } from '../../src/engine/runtime/model-cache.ts';
import { openSession } from '../../src/engine/runtime/session.ts';
import { openGolden, type GoldenFile } from './golden-file.ts';
import { RecipeCheckpoints } from './recipes.ts';
import { relativeError, T5_WANTED, Tally, type Section } from './section.ts';
import { MissingTokensError, tokenizeT5 } from './t5-tokens.ts';
import { singleTolerance } from './tolerances.ts';
import { resizeError, RESIZE_TOLERANCE, type ResizeOperation } from './upscale-operations.ts';
import { tiledVaeError, twoPassError, type TiledVae, type TwoPassRun } from './upscale-runs.ts';

interface Manifest {
  readonly ops: readonly ResizeOperation[];
  readonly upscalers: readonly { readonly id: string; readonly scale: number }[];
  readonly tiled_vae: readonly TiledVae[];
  readonly cases: readonly TwoPassRun[];
  readonly taesd: readonly { readonly id: string; readonly decoder: string; readonly encoder: string }[];
}

const TOLERANCE = { network: 1e-5 };

/** Every resizing, upscaler, tiled autoencoder, tiny autoencoder and two-pass run of `upscale/`. */
export const upscale: Section = async (folder, options) => {
  const golden = openGolden(join(folder, 'upscale/upscale.safetensors'));
  const manifest = JSON.parse(await readFile(join(folder, 'upscale/upscale.json'), 'utf8')) as Manifest;
  const { device = CPU, golden: base = join(folder, '..') } = options;
  const tally = new Tally(options);
  for (const entry of manifest.ops)
    await tally.check(entry.id, RESIZE_TOLERANCE[entry.method], () => resizeError(entry, golden));
  const checkpoints = new RecipeCheckpoints(folder, base);
  const networks = new ModelCache({ device, memoryLimit: 2 ** 30 });
  try {
    for (const { id } of manifest.upscalers) {
      for (const key of golden.keys().filter((name) => name.startsWith(`${id}/`) && !name.endsWith('/in'))) {
        await tally.check(key, singleTolerance(device, TOLERANCE.network), async () => {
          const upscaler = createPictureUpscaler(await openUpscaler(await checkpoints.path(id)), networks);
          return upscalerError(upscaler, key, golden);
        });
      }
    }
    const context = {
      base,
      device,
      networks,
      checkpoints,
      tokenizeT5: await tokenizeT5(base, options.t5Tokenizer),
    };
    for (const [i, entry] of manifest.tiled_vae.entries())
      await tally.check(`tiled vae ${i}`, 1, () => tiledVaeError(entry, golden, context));
    for (const entry of manifest.cases.filter(({ id }) => tally.takes(id))) {
      try {
        tally.add(entry.id, await twoPassError(entry, golden, context), 1);
      } catch (failure) {
        if (failure instanceof MissingTokensError) tally.skip(T5_WANTED);
        else tally.add(entry.id, Infinity, 1, String(failure));
      }
    }
    for (const entry of manifest.taesd) {
      for (const i of [0, 1]) {
        await tally.check(`${entry.id}/${i}`, 1, () => tinyError(folder, entry, i, golden, device));
      }
    }
  } finally {
    await networks.clear();
    await checkpoints.close();
  }
  return tally.result;
};

type PictureUpscaler = ReturnType<typeof createPictureUpscaler>;

/** The error of `id/0/out`, or of `id/tiled/WxH_overlapN`, over all pictures of the batch. */
async function upscalerError(upscaler: PictureUpscaler, key: string, golden: GoldenFile): Promise<number> {
  const input = `${key.slice(0, key.lastIndexOf('/'))}/in`;
  const [batch, channels, height, width] = golden.shape(input) as [number, number, number, number];
  const [, w, h, overlap] = /(\d+)x(\d+)_overlap(\d+)$/.exec(key)?.map(Number) ?? [];
  const tile = w === undefined ? undefined : { width: w, height: h!, overlap: overlap! };
  const pixels = golden.f32(input);
  const found: number[] = [];
  for (let i = 0; i < batch; i++) {
    const size = pixels.length / batch;
    const picture = { channels, height, width, data: pixels.slice(i * size, (i + 1) * size) };
    const { data } = await upscaler.upscale(picture, undefined, tile);
    for (const value of data) found.push(value);
  }
  return relativeError(found, golden.f32(key));
}

/** The largest error of a tiny autoencoder, as a share of its tolerance. */
async function tinyError(
  folder: string,
  entry: Manifest['taesd'][number],
  index: number,
  golden: GoldenFile,
  device: Device,
): Promise<number> {
  const key = `${entry.id}/${index}`;
  const [batch, , height, width] = golden.shape(`${key}/latent`) as [number, number, number, number];
  const size = { batch, height, width, profile: device.profile };
  const run = async (part: 'encoder' | 'decoder', inputs: Record<string, Float32Array>) => {
    const file = await readWeights(join(folder, entry[part]));
    const source = new WeightSource(file.name, '', file.tensors);
    const graph =
      part === 'encoder'
        ? tinyEncoderGraph(source, size)
        : tinyDecoderGraph(source, { ...size, unclamped: true });
    const session = await openSession(graph, device);
    const results = await session.run(inputs);
    await session.release();
    return results;
  };
  const { latent } = await run('encoder', { pixels: inUnit(golden.f32(`${key}/pixels`)) });
  const { pixels } = await run('decoder', { latent: golden.f32(`${key}/latent`) });
  const planes = toPlanesOf(pixels!, height * 8 * width * 8);
  const decoded = planes.map((value) => (value - 0.5) * 2);
  const tolerance = singleTolerance(device, TOLERANCE.network);
  const levels = Array.from({ length: 3 * height * 8 * width * 8 }, (_, i) =>
    Math.abs(Math.trunc(255 * Math.min(Math.max(pixels![i]!, 0), 1)) - golden.u8(`${key}/preview_u8`)[i]!),
  );
  return Math.max(
    relativeError(latent!, golden.f32(`${key}/encoded`)) / tolerance,
    relativeError(decoded, golden.f32(`${key}/decoded`)) / tolerance,
    Math.max(...levels) > 1 || levels.filter((d) => d > 0).length > levels.length / 1000 ? Infinity : 0,
  );
}

/** Pixels of a batch with their colours as planes. */
const toPlanesOf = (pixels: Float32Array, size: number): Float32Array =>
  Float32Array.from(pixels, (_, i) => {
    const [item, c, at] = [Math.floor(i / (3 * size)), Math.floor(i / size) % 3, i % size];
    return pixels[(item * size + at) * 3 + c]!;
  });

/** From -1..1 to 0..1. */
const inUnit = (values: Float32Array): Float32Array => values.map((value) => value / 2 + 0.5);
