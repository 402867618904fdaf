import { createHash, randomUUID } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { mkdir, open, opendir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mustBeHash } from './hash.ts';
import { StorageFullError, type ObjectStore } from './object-store.ts';

/** A half-written file older than this belongs to nobody any more. */
const LEFTOVER_AGE_MS = 60 * 60 * 1000;

/**
 * Objects as files `<folder>/<first two digits>/<sha256>`. A file appears under its name complete and flushed, or not at
 * all; any number of processes may share the folder.
 */
export class FileStore implements ObjectStore {
  readonly #folder: string;
  /** Writes under way in this process: equal bytes are written once. */
  readonly #writing = new Map<string, Promise<void>>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens a store, creating its folder; clears what a crash left half-written. */
  static async open(folder: string): Promise<FileStore> {
    const store = new FileStore(folder);
    await makeFolder(store.#temporary);
    await store.#removeLeftovers();
    return store;
  }

  async put(bytes: Uint8Array): Promise<{ sha256: string; byteSize: number }> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const writing = this.#writing.get(sha256) ?? this.#write(sha256, bytes);
    this.#writing.set(sha256, writing);
    try {
      await writing;
    } finally {
      this.#writing.delete(sha256);
    }
    return { sha256, byteSize: bytes.byteLength };
  }

  async get(sha256: string): Promise<Buffer | undefined> {
    return orIfMissing(undefined, readFile(this.#path(sha256)));
  }

  async has(sha256: string): Promise<boolean> {
    return (await this.#size(sha256)) !== undefined;
  }

  // Synchronous, so that nothing comes between the look at the time and the removal: an object that is put meanwhile stays.
  delete(sha256: string, putBefore = Infinity): Promise<boolean> {
    return new Promise((resolve) => {
      const path = this.#path(sha256);
      const found = statSync(path, { throwIfNoEntry: false });
      const remove = found !== undefined && found.mtimeMs < putBefore;
      if (remove) rmSync(path, { force: true });
      resolve(remove || !found);
    });
  }

  async *list(): AsyncGenerator<{ sha256: string; putAt: number }> {
    for await (const folder of await opendir(this.#folder)) {
      if (!/^[0-9a-f]{2}$/.test(folder.name)) continue;
      for await (const { name } of await opendir(join(this.#folder, folder.name))) {
        if (!/^[0-9a-f]{64}$/.test(name)) continue;
        const found = await orIfMissing(undefined, stat(this.#path(name)));
        if (found) yield { sha256: name, putAt: found.mtimeMs };
      }
    }
  }

  get #temporary(): string {
    return join(this.#folder, 'tmp');
  }

  #path(sha256: string): string {
    mustBeHash(sha256);
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }

  async #size(sha256: string): Promise<number | undefined> {
    const found = await orIfMissing(undefined, stat(this.#path(sha256)));
    return found?.size;
  }

  async #write(sha256: string, bytes: Uint8Array): Promise<void> {
    const path = this.#path(sha256);
    const temporary = join(this.#temporary, randomUUID());
    try {
      // Another process may have renamed the file without having flushed its folder yet: that is done in either case.
      if ((await this.#size(sha256)) !== bytes.byteLength || !(await touch(path))) {
        await makeFolder(dirname(path));
        await writeFlushed(temporary, bytes);
        await rename(temporary, path);
      }
      await flushFolder(dirname(path));
    } catch (error) {
      await rm(temporary, { force: true });
      throw isFull(error)
        ? new StorageFullError(`no room for ${bytes.byteLength} bytes in ${this.#folder}: ${error.message}`)
        : error;
    }
  }

  async #removeLeftovers(): Promise<void> {
    for (const name of await readdir(this.#temporary)) {
      const path = join(this.#temporary, name);
      const found = await orIfMissing(undefined, stat(path));
      if (found && Date.now() - found.mtimeMs > LEFTOVER_AGE_MS) await rm(path, { force: true });
    }
  }
}

async function writeFlushed(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Creates a folder and makes the new names durable. */
async function makeFolder(path: string): Promise<void> {
  const firstMade = await mkdir(path, { recursive: true });
  if (firstMade === undefined) return;
  for (let made = path; made.length >= firstMade.length; made = dirname(made))
    await flushFolder(dirname(made));
}

/** Makes the names in a folder durable. Windows cannot open folders and writes their changes through by itself. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Sets the time of a file to now; tells whether there is one. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return orIfMissing(
    false,
    utimes(path, now, now).then(() => true),
  );
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error;

const isFull = (error: unknown): error is NodeJS.ErrnoException =>
  isSystemError(error) && (error.code === 'ENOSPC' || error.code === 'EDQUOT');

/** The result, or `otherwise` if the file is not there. */
async function orIfMissing<T, U>(otherwise: U, result: Promise<T>): Promise<T | U> {
  try {
    return await result;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return otherwise;
    throw error;
  }
}
