import { basename } from 'node:path';
import { stateOf } from '../checkpoint/file-state.ts';
import { openTinyDecoder, type TinyDecoder } from '../checkpoint/tiny-decoder.ts';
import { CheckpointError } from '../errors.ts';
import type { JoinedSides } from '../graph/device-profile.ts';
import { tinyDecoderGraph } from '../networks/taesd.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import type { NetworkSource } from '../runtime/network-source.ts';
import { openReadable } from './open-readable.ts';
import type { Resident } from './resident.ts';
import { seamless, seamlessTiles } from './seamless.ts';
import type { TiledAutoencoder } from './tiled-autoencoder.ts';
import { layTiles, partAcross, type Raster, type Tile } from './tiling.ts';
import type { RgbImage } from './types.ts';

/** Pixels per latent cell in each direction. */
const CELL = 8;

/**
 * Receptive field of a pixel in cells beyond its own, in each direction: ten convolutions at the latent's
 * size, ten at twice that size, and so on.
 */
const SEEN = 19;

/** An open tiny decoder. `state` distinguishes versions of its file. */
export interface OpenTinyDecoder extends TinyDecoder {
  readonly state: string;
}

/** The network for a latent of a size in cells. */
export const tinyDecoderSource = (
  { path, state, weights }: OpenTinyDecoder,
  height: number,
  width: number,
  shrink = 1,
): NetworkSource => ({
  checkpoint: { path },
  name: `tiny decoder ${height}x${width}${shrink === 1 ? '' : ` to 1/${shrink}`}`,
  variant: state,
  build: (profile) => tinyDecoderGraph(weights, { batch: 1, height, width, shrink, profile }),
});

/**
 * A tiled autoencoder whose decoder is replaced by a tiny one, which takes latents in model space. Decoding
 * in tiles gives exactly the same picture as decoding the whole.
 */
export function withTinyDecoder(
  tiles: TiledAutoencoder,
  tiny: OpenTinyDecoder,
  networks: ModelCache,
  { joinedSides, resident }: { readonly joinedSides: JoinedSides | undefined; readonly resident: Resident },
): TiledAutoencoder {
  const lay = ({ height, width }: { readonly height: number; readonly width: number }) => {
    const beside = resident(height, width);
    return layTiles({ height, width, overlap: 2 * SEEN }, (h, w) =>
      networks.leavesRoom(tinyDecoderSource(tiny, h, w), beside),
    );
  };
  const plain: TiledAutoencoder = {
    encode: (pixels, latent) => tiles.encode(pixels, latent),
    sources(part, cells) {
      if (part === 'encoder') return tiles.sources(part, cells);
      const [{ height, width }] = lay(cells).tiles;
      return [tinyDecoderSource(tiny, height, width)];
    },
    async decode(latent, pixels) {
      const whole = { ...pixels, data: new Float32Array(pixels.channels * pixels.height * pixels.width) };
      for (const tile of lay(latent).tiles) {
        const { height, width } = tile;
        const session = await networks.open(tinyDecoderSource(tiny, height, width));
        const data = (await session.run({ latent: partAcross(latent, tile).data }))['pixels']!;
        paste({ ...pixels, height: height * CELL, width: width * CELL, data }, tile, whole);
      }
      return whole.data;
    },
  };
  if (!joinedSides) return plain;
  const joined = seamlessTiles(plain, joinedSides, SEEN);
  return {
    ...joined,
    encode: (pixels, latent) => tiles.encode(pixels, latent),
    sources: (part, cells) => (part === 'encoder' ? tiles : joined).sources(part, cells),
  };
}

/** Copies the pixels of a tile whose receptive field lies inside the tile. `place` is in cells. */
function paste(part: Raster, { top, left }: Tile, whole: Raster): void {
  const [y0, x0] = [top * CELL, left * CELL];
  const seen = SEEN * CELL;
  const from = (start: number) => (start === 0 ? 0 : seen);
  const to = (start: number, length: number, end: number) =>
    start + length === end ? length : length - seen;
  const [first, last] = [from(x0), to(x0, part.width, whole.width)];
  for (let y = from(y0); y < to(y0, part.height, whole.height); y++) {
    const row = part.data.subarray((y * part.width + first) * 3, (y * part.width + last) * 3);
    whole.data.set(row, ((y0 + y) * whole.width + x0 + first) * 3);
  }
}

/**
 * Decodes a latent [C,h,w] in model space to a small picture whose longest side is at least `size`; undefined
 * if memory is too short.
 */
export type PreviewDecoder = (
  latent: Float32Array,
  height: number,
  width: number,
  size: number,
) => Promise<RgbImage | undefined>;

/**
 * Creates a preview decoder. It works only if there is memory for it beside the networks of a task's steps.
 */
export function createPreviewDecoder(
  tiny: OpenTinyDecoder,
  networks: ModelCache,
  resident: readonly NetworkSource[],
  joinedSides: JoinedSides | undefined,
): PreviewDecoder {
  return async (latent, height, width, size) => {
    const shrink = [CELL, 4, 2].find((by) => (Math.max(height, width) * CELL) / by >= size) ?? 1;
    const source = seamless(tinyDecoderSource(tiny, height, width, shrink), joinedSides);
    if (!networks.fitsBeside(source, resident)) return undefined;
    const { pixels } = await (await networks.open(source)).run({ latent });
    const side = (cells: number) => (cells * CELL) / shrink;
    const bytes = Uint8Array.from(pixels!, (value) => value * 255); // truncates fractions
    return { height: side(height), width: side(width), data: bytes };
  };
}

/** The open tiny decoders. A file that was replaced is opened again. */
export class OpenTinyDecoders {
  readonly #networks: ModelCache;
  readonly #open = new Map<string, OpenTinyDecoder>();

  constructor(networks: ModelCache) {
    this.#networks = networks;
  }

  /** Removes all of them. */
  clear(): void {
    this.#open.clear();
  }

  /**
   * Opens a tiny decoder. Throws CheckpointError if the file is not one, or is for latents with another
   * number of channels.
   */
  async open(file: string, channels: number): Promise<OpenTinyDecoder> {
    const tiny = await openReadable(file, (path) => this.#current(path));
    if (tiny.channels === channels) return tiny;
    throw new CheckpointError(
      `${basename(file)}: decodes latents of ${tiny.channels} channels, expected ${channels} for the model`,
    );
  }

  async #current(path: string): Promise<OpenTinyDecoder> {
    const state = await stateOf([path]); // before the file is read, so that a later change is noticed
    const known = this.#open.get(path);
    if (known?.state === state) return known;
    await this.#networks.forget(path);
    const opened = { ...(await openTinyDecoder(path)), state };
    this.#open.set(path, opened);
    return opened;
  }
}
