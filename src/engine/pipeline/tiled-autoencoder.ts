import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { vaeDecoderGraph, vaeEncoderGraph, type VaeOptions } from '../networks/vae.ts';
import type { ModelCache, NetworkSource } from '../runtime/model-cache.ts';
import type { Resident } from './resident.ts';
import { layTiles, mapTiles, shrink, type Raster, type RasterShape } from './tiling.ts';

/** Cells that neighbouring tiles share: more than the convolutions of the finer levels see. */
const OVERLAP = 16;

/** A picture whose statistics stand for a larger one's has at least so many cells a side. */
const LEAST_SAMPLE = 16;

/** Which half of an autoencoder. */
export type AutoencoderPart = 'encoder' | 'decoder';

/** Of a latent, in cells. */
type LatentCells = Pick<RasterShape, 'height' | 'width'>;

/** Pixels to latents and back, for pictures that memory has no room for at once; the batch is one. */
export interface TiledAutoencoder {
  /** The networks that encoding or decoding opens. */
  sources(part: AutoencoderPart, cells: LatentCells): NetworkSource[];
  /** Pixels [H,W,3] of 0..1 → latent [C,h,w], unscaled. */
  encode(pixels: Raster, latent: RasterShape): Promise<Float32Array>;
  decode(latent: Raster, pixels: RasterShape): Promise<Float32Array>;
}

/**
 * Only the levels finer than the latent are computed in tiles: the coarse ones, attention among them, take little memory.
 * Every tile is normalised by the same statistics, those of the whole picture made smaller: by its own, each would get a
 * brightness and contrast of its own.
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

  /** The finer levels, for a sample and for tiles that memory has room for. */
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

  /** What the finer levels make of a raster; `cells` is the latent's size. */
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

/** Half a size, or the half of that and so on until `fits` holds. */
function sampleSize(
  { height, width }: { readonly height: number; readonly width: number },
  fits: (height: number, width: number) => boolean,
): { height: number; width: number } {
  const half = { height: Math.ceil(height / 2), width: Math.ceil(width / 2) };
  const isLeast = Math.min(half.height, half.width) < 2 * LEAST_SAMPLE;
  return isLeast || fits(half.height, half.width) ? half : sampleSize(half, fits);
}
