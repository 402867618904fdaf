import type { JoinedSides } from '../graph/device-profile.ts';
import type { NetworkSource } from '../runtime/network-source.ts';
import type { TiledAutoencoder } from './tiled-autoencoder.ts';
import { partAcross, type Raster, type RasterShape } from './tiling.ts';

/** The network with convolutions that wrap around at joined sides; unchanged if no sides join. */
export const seamless = (source: NetworkSource, joinedSides: JoinedSides | undefined): NetworkSource =>
  joinedSides
    ? {
        ...source,
        variant: `${source.variant ?? ''} joined ${joinedSides}`,
        build: (profile) => source.build({ ...profile, joinedSides }),
      }
    : source;

/**
 * Width in cells of the wrapped margin of a tiled picture: more than the receptive field of the finer levels.
 */
const MARGIN = 16;

/**
 * A tiled autoencoder for pictures that wrap around at joined sides: `margin` cells from the opposite side
 * are added around the picture, and cropped again afterwards.
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
  /** Runs `code` on the widened raster. The scales are positions per cell. */
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
