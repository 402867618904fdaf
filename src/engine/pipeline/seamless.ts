import type { JoinedSides } from '../graph/device-profile.ts';
import type { NetworkSource } from '../runtime/model-cache.ts';
import type { TiledAutoencoder } from './tiled-autoencoder.ts';
import { partAcross, type Raster, type RasterShape } from './tiling.ts';

/** A network whose convolutions see across joined sides; without any the network as it is. */
export const seamless = (source: NetworkSource, joinedSides: JoinedSides | undefined): NetworkSource =>
  joinedSides
    ? {
        ...source,
        variant: `${source.variant ?? ''} joined ${joinedSides}`,
        build: (profile) => source.build({ ...profile, joinedSides }),
      }
    : source;

/** Cells of the other side that a picture in tiles is coded with: more than the convolutions of the finer levels see. */
const MARGIN = 16;

/**
 * An autoencoder in tiles that sees across joined sides: `margin` cells of what lies there stand around the picture, and are cut
 * off again.
 */
export function seamlessTiles(
  tiles: TiledAutoencoder,
  joinedSides: JoinedSides,
  margin = MARGIN,
): TiledAutoencoder {
  const left = joinedSides === 'VERTICAL' ? 0 : margin;
  const top = joinedSides === 'HORIZONTAL' ? 0 : margin;
  const wide = ({ height, width }: Pick<RasterShape, 'height' | 'width'>, scale: number) => ({
    height: height + 2 * top * scale,
    width: width + 2 * left * scale,
  });
  /** The scales are places per cell. */
  const coded = async (
    code: TiledAutoencoder['encode'],
    from: Raster,
    to: RasterShape,
    [fromScale, toScale]: readonly [number, number],
  ): Promise<Float32Array> => {
    const place = { top: -top * fromScale, left: -left * fromScale };
    const widened = { ...to, ...wide(to, toScale) };
    const data = await code(partAcross(from, { ...place, ...wide(from, fromScale) }), widened);
    const { height, width } = to;
    return partAcross({ ...widened, data }, { top: top * toScale, left: left * toScale, height, width }).data;
  };
  return {
    sources: (part, cells) => tiles.sources(part, wide(cells, 1)),
    encode: (pixels, latent) =>
      coded((...given) => tiles.encode(...given), pixels, latent, [pixels.height / latent.height, 1]),
    decode: (latent, pixels) =>
      coded((...given) => tiles.decode(...given), latent, pixels, [1, pixels.height / latent.height]),
  };
}
