import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { stateOf, withoutExtension } from '../engine/index.ts';
import type { ObjectStore, StoredBytes } from '../storage/object-store.ts';
import type { ModelEntry } from './catalog.ts';

/** What a picture beside a checkpoint may be called after the checkpoint's name, the first that is there. */
const ENDINGS = ['png', 'jpg', 'jpeg', 'webp'].flatMap((format) => [`.${format}`, `.preview.${format}`]);

/** Largest picture that is taken for a thumbnail. */
const MAX_BYTES = 32 * 2 ** 20;

/** The pictures that lie beside checkpoints, by the SHA-256 of their files; undefined for what no model has now. */
export interface ModelThumbnails extends Pick<ObjectStore, 'get' | 'has' | 'open'> {
  /** That of a model; undefined where it has none. */
  of(name: string): Promise<string | undefined>;
}

/** Where no checkpoints are at hand. */
export const NO_THUMBNAILS: ModelThumbnails = {
  of: () => Promise.resolve(undefined),
  has: () => Promise.resolve(false),
  get: () => Promise.resolve(undefined),
  open: () => Promise.resolve(undefined),
};

/** Whether bytes are a picture that can be shown. */
type IsPicture = (bytes: Buffer) => Promise<boolean>;

interface Models {
  readonly entries: readonly ModelEntry[];
  pathOf(name: string): string | undefined;
}

interface Known {
  readonly state: string;
  readonly picture: { readonly path: string; readonly sha256: string } | undefined;
}

/** The thumbnails of the models of this machine; files are looked at again when they have changed. */
export class Thumbnails implements ModelThumbnails {
  readonly #models: Models;
  readonly #isPicture: IsPicture;
  readonly #known = new Map<string, Known>();
  #all: Promise<unknown> | undefined;

  constructor(models: Models, isPicture: IsPicture) {
    this.#models = models;
    this.#isPicture = isPicture;
  }

  async of(name: string): Promise<string | undefined> {
    const checkpoint = this.#models.pathOf(name);
    if (checkpoint === undefined) return undefined;
    const paths = ENDINGS.map((ending) => withoutExtension(checkpoint) + ending);
    const state = await stateOf(paths); // before they are read: a later change shows
    const known = this.#known.get(name);
    if (known?.state === state) return known.picture?.sha256;
    const picture = await this.#firstOf(paths);
    this.#known.set(name, { state, picture });
    return picture?.sha256;
  }

  async has(sha256: string): Promise<boolean> {
    // An address may be older than this process, which has not looked then.
    await (this.#all ??= Promise.all(this.#models.entries.map(({ name }) => this.of(name))));
    return this.#pathOf(sha256) !== undefined;
  }

  async get(sha256: string): Promise<Buffer | undefined> {
    if (!(await this.has(sha256))) return undefined;
    const bytes = await readPicture(this.#pathOf(sha256)!);
    return bytes && sha256Of(bytes) === sha256 ? bytes : undefined;
  }

  async open(sha256: string): Promise<StoredBytes | undefined> {
    const bytes = await this.get(sha256);
    return bytes && { byteSize: bytes.length, stream: Readable.from(bytes, { objectMode: false }) };
  }

  async #firstOf(paths: readonly string[]): Promise<Known['picture']> {
    for (const path of paths) {
      const bytes = await readPicture(path);
      if (bytes && (await this.#isPicture(bytes))) return { path, sha256: sha256Of(bytes) };
    }
    return undefined;
  }

  #pathOf(sha256: string): string | undefined {
    const names = new Set(this.#models.entries.map(({ name }) => name));
    for (const [name, { picture }] of this.#known)
      if (picture?.sha256 === sha256 && names.has(name)) return picture.path;
    return undefined;
  }
}

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function readPicture(path: string): Promise<Buffer | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size === 0 || found.size > MAX_BYTES) return undefined;
  return readFile(path).catch(() => undefined);
}
