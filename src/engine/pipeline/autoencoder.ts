import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { NonFiniteError, WrongNumbersError } from '../errors.ts';
import { FAMILIES } from '../families/index.ts';
import { firstNotFinite, isAllEqual } from '../float32/scan.ts';
import type { JoinedSides } from '../graph/device-profile.ts';
import type { Pixels } from '../masks/inpainting.ts';
import { vaeDecoderGraph, vaeEncoderGraph } from '../networks/vae.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import type { NetworkSource } from '../runtime/network-source.ts';
import { mustNotDiverge } from './divergence.ts';
import { toModelSpace } from './latent-format.ts';
import { toPixels } from './pixels.ts';
import type { Resident } from './resident.ts';
import { seamless, seamlessTiles } from './seamless.ts';
import { createTiledAutoencoder, type AutoencoderPart } from './tiled-autoencoder.ts';
import type { RasterShape } from './tiling.ts';
import { tinyDecoderSource, withTinyDecoder, type OpenTinyDecoder } from './tiny-decoder.ts';
import type { RgbImage } from './types.ts';

/** Pixels per latent cell in each direction: three downsamplers. */
export const CELL_SIZE = 8;

/** Latents up to this size in cells are never tiled. */
const LEAST_TILED = 32;

/** Encodes and decodes one image at a time. Sizes are in latent cells. */
export interface Autoencoder {
  /**
   * The networks for encoding or decoding an image: one, or those for tiles if memory is too short for it.
   */
  encoder(height: number, width: number): NetworkSource[];
  decoder(height: number, width: number): NetworkSource[];
  /** Returns an unscaled latent. */
  encode(image: RgbImage | Pixels): Promise<Float32Array>;
  /** Takes an unscaled latent. */
  decode(latent: Float32Array, height: number, width: number): Promise<Pixels>;
}

/** Options of an autoencoder. */
export interface AutoencoderUse {
  /** Sides at which pictures wrap around. */
  readonly joinedSides?: JoinedSides | undefined;
  /** Networks for which it leaves memory. */
  readonly resident?: Resident;
  /** Tiny decoder to use instead of the VAE's. */
  readonly tinyDecoder?: OpenTinyDecoder | undefined;
}

/** The autoencoder of a checkpoint. */
export function createAutoencoder(
  checkpoint: Checkpoint,
  networks: ModelCache,
  { joinedSides, resident = () => [], tinyDecoder: tiny }: AutoencoderUse = {},
): Autoencoder {
  const tiles = createTiledAutoencoder(checkpoint, networks, resident);
  const ownTiles = joinedSides ? seamlessTiles(tiles, joinedSides) : tiles;
  const inTiles = tiny ? withTinyDecoder(ownTiles, tiny, networks, { joinedSides, resident }) : ownTiles;
  const half =
    (part: AutoencoderPart, graph: typeof vaeEncoderGraph) =>
    (height: number, width: number): NetworkSource => ({
      checkpoint,
      name: `vae ${part} ${height}x${width}`,
      variant: checkpoint.weights('vae').changeName,
      build: (profile) => graph(checkpoint, { batch: 1, height, width, profile }),
    });
  const inOnePiece =
    (network: ReturnType<typeof half>) =>
    (height: number, width: number): NetworkSource | undefined => {
      const whole = seamless(network(height, width), joinedSides);
      const isWhole =
        Math.max(height, width) <= LEAST_TILED || networks.leavesRoom(whole, resident(height, width));
      return isWhole ? whole : undefined;
    };
  const wholeEncoder = inOnePiece(half('encoder', vaeEncoderGraph));
  const wholeDecoder = inOnePiece(
    tiny ? (height, width) => tinyDecoderSource(tiny, height, width) : half('decoder', vaeDecoderGraph),
  );
  const sources =
    (part: AutoencoderPart, inOnePiece: typeof wholeEncoder) =>
    (height: number, width: number): NetworkSource[] => {
      const whole = inOnePiece(height, width);
      return whole ? [whole] : inTiles.sources(part, { height, width });
    };
  const latentOf = (height: number, width: number): RasterShape => ({
    layout: 'planes',
    channels: FAMILIES[checkpoint.family].latent.channels,
    height,
    width,
  });
  const pictureOf = (height: number, width: number): RasterShape => ({
    layout: 'pixels',
    channels: 3,
    height: height * CELL_SIZE,
    width: width * CELL_SIZE,
  });

  return {
    encoder: sources('encoder', wholeEncoder),
    decoder: sources('decoder', wholeDecoder),

    async encode(image) {
      const size = [image.height / CELL_SIZE, image.width / CELL_SIZE] as const;
      const pixels =
        image.data instanceof Uint8Array ? toPixels({ ...image, data: image.data }).data : image.data;
      const whole = wholeEncoder(...size);
      const latent = whole
        ? (await (await networks.open(whole)).run({ pixels }))['latent']!
        : await inTiles.encode({ ...pictureOf(...size), data: pixels }, latentOf(...size));
      if (isAllEqual(latent))
        throw new WrongNumbersError(
          `all ${latent.length} values of the encoded image are ${latent[0]!}: the checkpoint is damaged, or this device returns wrong results`,
        );
      return finite(latent, 'the encoded image');
    },

    async decode(values, ...size) {
      // The network's outputs were all finite, so that non-finite values come from the sampler.
      if (firstNotFinite(values) >= 0) mustNotDiverge(values, 'the sampled latent');
      const latent = tiny ? toModelSpace(values, FAMILIES[checkpoint.family].latent) : values;
      const picture = pictureOf(...size);
      const whole = wholeDecoder(...size);
      const pixels = whole
        ? (await (await networks.open(whole)).run({ latent }))['pixels']!
        : await inTiles.decode({ ...latentOf(...size), data: latent }, picture);
      if (firstNotFinite(pixels) >= 0) mustNotDiverge(latent, 'the sampled latent');
      return { height: picture.height, width: picture.width, data: finite(pixels, 'the decoded image') };
    },
  };
}

/** Returns the values if they are finite, else throws NonFiniteError. Without this check, NaN would become a black picture. */
export function finite(values: Float32Array, what: string): Float32Array {
  const bad = firstNotFinite(values);
  if (bad < 0) return values;
  throw new NonFiniteError(
    `value ${bad} of ${values.length} of ${what} is ${values[bad]!}: an overflow on this device, or the checkpoint is damaged`,
  );
}
