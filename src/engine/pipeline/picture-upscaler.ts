import { stateOf } from '../checkpoint/file-state.ts';
import { openUpscaler, type Upscaler } from '../checkpoint/upscaler.ts';
import { upscalerGraph } from '../networks/upscaler.ts';
import { mapFeathered, type TileSize } from '../resizing/feathered-tiles.ts';
import { cutPlanes, type Planes } from '../resizing/planes.ts';
import { padReflected } from '../resizing/reflect.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import type { NetworkSource } from '../runtime/network-source.ts';
import { finite } from './autoencoder.ts';

/** Tile sizes as in ComfyUI: smaller ones are used if memory is short. */
const TILE = 512;
const LEAST_TILE = 128;
const OVERLAP = 32;

/** Inputs of networks with a pixel unshuffle have sides that are multiples of this. */
const UNSHUFFLE_MULTIPLE = 4;

/** Enlarges pictures with a network, in tiles. */
export interface PictureUpscaler {
  readonly scale: number;
  /** The networks for a picture of this size, the largest first. */
  sources(height: number, width: number): NetworkSource[];
  /** Enlarges planes in 0..1. `beforeTile` is awaited before each tile. */
  upscale(picture: Planes, beforeTile?: () => Promise<void>, tile?: TileSize): Promise<Planes>;
}

/** Creates an upscaler. `state` distinguishes versions of its file. */
export function createPictureUpscaler(upscaler: Upscaler, networks: ModelCache, state = ''): PictureUpscaler {
  const { path, scale, unshuffle } = upscaler;
  const multiple = unshuffle === 1 ? 1 : UNSHUFFLE_MULTIPLE;
  const source = (height: number, width: number): NetworkSource => ({
    checkpoint: { path },
    name: `upscaler ${height}x${width}`,
    variant: state,
    build: (profile) => upscalerGraph(upscaler, { height, width, profile }),
  });
  const padded = (side: number) => Math.ceil(side / multiple) * multiple;
  const tileFor = (height: number, width: number): TileSize => {
    let side = TILE;
    const fits = () => {
      const [h, w] = [Math.min(padded(height), side), Math.min(padded(width), side)];
      return networks.leavesRoom(source(h, w));
    };
    while (side > LEAST_TILE && !fits()) side /= 2;
    return { width: side, height: side, overlap: OVERLAP };
  };
  const upscaled = async (tile: Planes): Promise<Float32Array> => {
    const { channels, height, width, data } = padReflected(tile, multiple);
    const session = await networks.open(source(height, width));
    const values = finite((await session.run({ pixels: data }))['upscaled']!, 'the enlarged picture');
    const whole = { channels, height: height * scale, width: width * scale, data: values };
    return cutPlanes(whole, 0, 0, tile.height * scale, tile.width * scale).data;
  };

  return {
    scale,
    sources(height, width) {
      const tile = tileFor(height, width);
      return [source(Math.min(padded(height), tile.height), Math.min(padded(width), tile.width))];
    },
    upscale: (picture, beforeTile, tile = tileFor(picture.height, picture.width)) =>
      mapFeathered(picture, tile, { channels: 3, scale }, async (part) => {
        await beforeTile?.();
        return upscaled(part);
      }),
  };
}

/** The open upscalers. A file that was replaced is opened again. */
export class OpenUpscalers {
  readonly #networks: ModelCache;
  readonly #open = new Map<string, { readonly state: string; readonly upscaler: PictureUpscaler }>();

  constructor(networks: ModelCache) {
    this.#networks = networks;
  }

  /** Removes all of them. */
  clear(): void {
    this.#open.clear();
  }

  /** Opens an upscaler. Throws CheckpointError if the file is not one. */
  async open(file: string): Promise<PictureUpscaler> {
    const state = await stateOf([file]); // before the file is read, so that a later change is noticed
    const known = this.#open.get(file);
    if (known?.state === state) return known.upscaler;
    await this.#networks.forget(file);
    const upscaler = createPictureUpscaler(await openUpscaler(file), this.#networks, state);
    this.#open.set(file, { state, upscaler });
    return upscaler;
  }
}
