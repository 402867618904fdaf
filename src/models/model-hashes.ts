import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import {
  checkpointFiles,
  FiniteScan,
  isFolderIndex,
  isShardIndex,
  numbersIn,
  stateOf,
} from '../engine/index.ts';
import { replaceFile } from '../storage/replace-file.ts';

/** `damaged` is absent in records of older versions, which did not look for it. */
const Remembered = z.record(
  z.string(),
  z.object({ state: z.string(), sha256: z.string(), damaged: z.string().nullable().optional() }),
);
type Remembered = z.infer<typeof Remembered>;

/** Bytes that are hashed at a time: about a millisecond of the event loop. */
const PIECE = 2 ** 20;
/** A file up to this size is hashed within a fraction of a second, so callers wait for it. */
const SMALL = 2 ** 28;

/** What is known of a file's bytes. */
export interface FileFacts {
  readonly sha256: string;
  /** The first tensor that contains NaN or infinity; null if no tensor does. */
  readonly damaged: string | null;
}

/** The hash of several files: the SHA-256 of the output of sha256sum for them, sorted by name. */
export const hashOfFiles = (files: readonly { readonly name: string; readonly sha256: string }[]): string =>
  createHash('sha256')
    .update(
      [...files]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
        .join(''),
    )
    .digest('hex');

/**
 * The SHA-256 of checkpoints, by which other programs identify them, and of models of several files. Each file is read once, in
 * the background, one at a time; its hash, and whether its numbers are finite, is stored on disk until the file changes.
 */
export class ModelHashes {
  readonly #file: string;
  readonly #onError: (error: unknown) => void;
  readonly #running = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #known: Promise<Remembered> | undefined;
  #last: Promise<void> = Promise.resolve();

  /** `file` stores the hashes; `onError` receives the reason why one could not be computed or stored. */
  constructor(file: string, onError: (error: unknown) => void) {
    this.#file = file;
    this.#onError = onError;
  }

  /**
   * The hash of the file at an absolute path, lower-case hex. Undefined if there is no file, and while the hash of a large one is
   * being computed; the call starts that.
   */
  of(path: string): Promise<string | undefined> {
    return this.#whole(path, (file) => this.#of(file));
  }

  async #of(path: string): Promise<string | undefined> {
    const found = await stat(path).catch(() => undefined);
    if (!found) return undefined;
    const state = await stateOf([path]);
    const known = await this.#load();
    if (known[path]?.state === state) return known[path].sha256;
    const hashing = this.#running.get(path) ?? this.#start(path, state);
    if (found.size > SMALL) return undefined;
    await hashing;
    return known[path]?.state === state ? known[path].sha256 : undefined;
  }

  /** Waits for the hash of a file of any size; undefined if the file is missing or changes meanwhile. */
  read(path: string): Promise<string | undefined> {
    return this.#whole(path, (file) => this.#read(file));
  }

  async #read(path: string): Promise<string | undefined> {
    const state = await stateOf([path]);
    const hash = await this.#of(path);
    if (hash !== undefined) return hash;
    await this.#running.get(path);
    const known = (await this.#load())[path];
    return known?.state === state ? known.sha256 : undefined;
  }

  /** The hash if it is known; otherwise its computation starts in the background. */
  known(path: string): Promise<string | undefined> {
    return this.#whole(path, (file) => this.#kept(file));
  }

  async #kept(path: string): Promise<string | undefined> {
    const state = await stateOf([path]);
    const known = (await this.#load())[path];
    if (known?.state === state) return known.sha256;
    if (!this.#running.has(path) && state !== 'missing') void this.#start(path, state);
    return undefined;
  }

  /** The facts of a single file of any size, which it waits for; undefined if the file is missing or changes meanwhile. */
  async examine(path: string): Promise<FileFacts | undefined> {
    const state = await stateOf([path]);
    if (state === 'missing') return undefined;
    const known = await this.#load();
    if (!isExamined(known[path], state)) await (this.#running.get(path) ?? this.#start(path, state));
    return isExamined(known[path], state) ? known[path] : undefined;
  }

  /** The facts of a single file if they are known; otherwise they are looked for in the background. */
  async examined(path: string): Promise<FileFacts | undefined> {
    const state = await stateOf([path]);
    const known = (await this.#load())[path];
    if (isExamined(known, state)) return known;
    if (!this.#running.has(path) && state !== 'missing') void this.#start(path, state);
    return undefined;
  }

  /** Resolves when every requested hash is known or has failed. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** Stops hashing; pending hashes stay unknown. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#last;
  }

  /** The state of all files that a path stands for. */
  async #whole(
    path: string,
    hashOf: (file: string) => Promise<string | undefined>,
  ): Promise<string | undefined> {
    if (!isFolderIndex(path) && !isShardIndex(path)) return hashOf(path);
    const files = await checkpointFiles(path);
    const hashes = await Promise.all(files.map((file) => hashOf(file.path)));
    if (hashes.includes(undefined)) return undefined;
    return hashOfFiles(files.map(({ name }, i) => ({ name, sha256: hashes[i]! })));
  }

  #start(path: string, state: string): Promise<void> {
    const hashing = this.#last.then(() => this.#hash(path, state)).finally(() => this.#running.delete(path));
    this.#running.set(path, hashing);
    this.#last = hashing;
    return hashing;
  }

  async #hash(path: string, state: string): Promise<void> {
    try {
      const hash = createHash('sha256');
      const { signal } = this.#stop;
      const scan = new FiniteScan(await numbersIn(path));
      for await (const piece of createReadStream(path, { highWaterMark: PIECE, signal })) {
        hash.update(piece as Buffer);
        scan.read(piece as Buffer);
      }
      if ((await stateOf([path])) !== state) return;
      await this.#keep(path, { state, sha256: hash.digest('hex'), damaged: scan.damaged ?? null });
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#onError(error);
    }
  }

  async #keep(path: string, entry: Remembered[string]): Promise<void> {
    const known = await this.#load();
    try {
      await replaceFile(this.#file, `${JSON.stringify({ ...known, [path]: entry }, null, 1)}\n`);
    } finally {
      known[path] = entry; // after storing it: an answered hash is still known after a restart
    }
  }

  #load(): Promise<Remembered> {
    return (this.#known ??= readFile(this.#file, 'utf8')
      .then((text) => Remembered.parse(JSON.parse(text)))
      .catch(() => ({}))); // missing or damaged: it is created again
  }
}

const isExamined = (
  entry: Remembered[string] | undefined,
  state: string,
): entry is Remembered[string] & FileFacts => entry?.state === state && entry.damaged !== undefined;
