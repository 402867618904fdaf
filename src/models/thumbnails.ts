import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { stateOf, withoutExtension } from '../engine/index.ts';
import type { ObjectStore, StoredBytes } from '../storage/object-store.ts';
import type { ModelEntry } from './catalog.ts';

/** Suffixes of a thumbnail beside a checkpoint, in order of precedence. */
const ENDINGS = ['png', 'jpg', 'jpeg', 'webp'].flatMap((format) => [`.${format}`, `.preview.${format}`]);

/** Bytes of the largest thumbnail. */
const MAX_BYTES = 32 * 2 ** 20;

/** Thumbnails of checkpoints by the SHA-256 of their files; undefined for one that no model has now. */
export interface ModelThumbnails extends Pick<ObjectStore, 'get' | 'has' | 'open'> {
  /** The thumbnail of a model; undefined if it has none. */
  of(name: string): Promise<string | undefined>;
}

/** No thumbnails, for processes without checkpoints. */
export const NO_THUMBNAILS: ModelThumbnails = {
  of: () => Promise.resolve(undefined),
  has: () => Promise.resolve(false),
  get: () => Promise.resolve(undefined),
  open: () => Promise.resolve(undefined),
};

/** Whether bytes are a readable picture. */
type IsPicture = (bytes: Buffer) => Promise<boolean>;

interface Models {
  readonly entries: readonly ModelEntry[];
  pathOf(name: string): string | undefined;
}

interface Known {
  readonly state: string;
  readonly picture: { readonly path: string; readonly sha256: string } | undefined;
}

/** The thumbnails of this machine's models; changed files are read again. */
export class Thumbnails implements ModelThumbnails {
  readonly #models: Models;
  readonly #isPicture: IsPicture;
  readonly #known = new Map<string, Known>();
  #all: Promise<unknown> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(models: Models, isPicture: IsPicture) {
    this.#models = models;
    this.#isPicture = isPicture;
  }

  async of(name: string): Promise<string | undefined> {
    const checkpoint = this.#models.pathOf(name);
    if (checkpoint === undefined) return undefined;
    const paths = ENDINGS.map((ending) => withoutExtension(checkpoint) + ending);
    const state = await stateOf(paths); // before they are read, so that a later change is noticed
    const known = this.#known.get(name);
    if (known?.state === state) return known.picture?.sha256;
    // One at a time, since each is decoded in memory.
    const looking = this.#last.then(() => this.#firstOf(paths));
    this.#last = looking;
    const picture = await looking;
    this.#known.set(name, { state, picture });
    return picture?.sha256;
  }

  async has(sha256: string): Promise<boolean> {
    // The address may come from an earlier process, so scan first.
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
