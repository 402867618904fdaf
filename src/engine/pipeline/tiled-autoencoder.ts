import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { vaeDecoderGraph, vaeEncoderGraph, type VaeOptions } from '../networks/vae.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import type { NetworkSource } from '../runtime/network-source.ts';
import type { Resident } from './resident.ts';
import { layTiles, mapTiles, shrink, type Raster, type RasterShape } from './tiling.ts';

/** Overlap of adjacent tiles in cells: more than the receptive field of the finer levels. */
const OVERLAP = 16;

/** Minimum side in cells of the reduced picture from which statistics are taken. */
const LEAST_SAMPLE = 16;

/** Encoder or decoder. */
export type AutoencoderPart = 'encoder' | 'decoder';

/** Size of a latent in cells. */
type LatentCells = Pick<RasterShape, 'height' | 'width'>;

/** Encodes and decodes pictures that do not fit in memory as a whole. The batch size is one. */
export interface TiledAutoencoder {
  /** The networks for encoding or decoding. */
  sources(part: AutoencoderPart, cells: LatentCells): NetworkSource[];
  /** Pixels [H,W,3] of 0..1 → latent [C,h,w], unscaled. */
  encode(pixels: Raster, latent: RasterShape): Promise<Float32Array>;
  /** Unscaled latent [C,h,w] → pixels [H,W,3] of 0..1. */
  decode(latent: Raster, pixels: RasterShape): Promise<Float32Array>;
}

/**
 * Creates a tiled autoencoder. Only the levels finer than the latent are tiled; the coarse ones, including
 * attention, need little memory. All tiles are normalised with the statistics of a reduced version of the
 * whole picture. With their own statistics, tiles would differ in brightness and contrast.
 */
export function createTiledAutoencoder(
  checkpoint: Checkpoint,
  networks: ModelCache,
  resident: Resident,
): TiledAutoencoder {
  const source = (part: AutoencoderPart, options: Omit<VaeOptions, 'batch'>): NetworkSource => ({
    checkpoint,
    name: `vae ${part} ${JSON.stringify(options)}`,
    variant: checkpoint.weights('vae').changeName,
    build: (profile) => {
      const graph = part === 'encoder' ? vaeEncoderGraph : vaeDecoderGraph;
      return graph(checkpoint, { ...options, batch: 1, profile });
    },
  });

  /** Plans the finer levels: the size of the reduced picture, and tiles that fit in memory. */
  function planFine(part: AutoencoderPart, cells: LatentCells) {
    const levels = (statistics: 'noted' | 'given') => (height: number, width: number) =>
      source(part, { levels: 'fine', height, width, statistics });
    const [noting, given] = [levels('noted'), levels('given')];
    const beside = resident(cells.height, cells.width);
    const sample = sampleSize(cells, (height, width) => networks.leavesRoom(noting(height, width), beside));
    const tiling = layTiles({ ...cells, overlap: OVERLAP }, (height, width) =>
      networks.leavesRoom(given(height, width), beside),
    );
    return { noting, given, sample, tiling };
  }

  const coarseLevels = (part: AutoencoderPart, { height, width }: LatentCells) =>
    source(part, { levels: 'coarse', height, width });

  /** Computes the finer levels of a raster in tiles. `cells` is the latent's size. */
  async function fineLevels(
    part: AutoencoderPart,
    cells: LatentCells,
    from: Raster,
    to: RasterShape,
  ): Promise<Float32Array> {
    const [input, output] = part === 'encoder' ? ['pixels', 'features'] : ['features', 'pixels'];
    const { noting, given, sample, tiling } = planFine(part, cells);
    const scale = from.height / cells.height;
    const small = shrink(from, sample.height * scale, sample.width * scale);
    const noted = await networks.open(noting(sample.height, sample.width));
    const statistics = await noted.run({ [input]: small.data });
    return mapTiles(tiling, from, to, async ({ height, width }, values) => {
      const session = await networks.open(given(height, width));
      return (await session.run({ ...statistics, [input]: values }))[output]!;
    });
  }

  return {
    sources(part, { height, width }) {
      const { noting, given, sample, tiling } = planFine(part, { height, width });
      const [tile] = tiling.tiles;
      const fine = [noting(sample.height, sample.width), given(tile.height, tile.width)];
      const coarse = coarseLevels(part, { height, width });
      return part === 'encoder' ? [...fine, coarse] : [coarse, ...fine];
    },

    async encode(pixels, latent) {
      const coarse = coarseLevels('encoder', latent);
      const [features] = (await networks.open(coarse)).graph.inputs;
      const shape = { ...latent, channels: features!.shape[1]! };
      const values = await fineLevels('encoder', latent, pixels, shape);
      return (await (await networks.open(coarse)).run({ features: values }))['latent']!;
    },

    async decode(latent, pixels) {
      const { height, width } = latent;
      const coarse = await networks.open(coarseLevels('decoder', latent));
      const { features } = await coarse.run({ latent: latent.data });
      const channels = features!.length / (height * width);
      return fineLevels('decoder', latent, { ...latent, channels, data: features! }, pixels);
    },
  };
}

/** Halves a size once, then until `fits` holds. */
function sampleSize(
  { height, width }: { readonly height: number; readonly width: number },
  fits: (height: number, width: number) => boolean,
): { height: number; width: number } {
  const half = { height: Math.ceil(height / 2), width: Math.ceil(width / 2) };
  const isLeast = Math.min(half.height, half.width) < 2 * LEAST_SAMPLE;
  return isLeast || fits(half.height, half.width) ? half : sampleSize(half, fits);
}
