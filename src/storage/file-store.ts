import { createHash, randomUUID } from 'node:crypto';
import {
  link,
  mkdir,
  open,
  opendir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
  utimes,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mustBeHash } from './hash.ts';
import {
  StorageFullError,
  StorageUnavailableError,
  type ObjectStore,
  type StoredBytes,
} from './object-store.ts';
import { openFile } from './open-file.ts';

/** Free bytes below which `check` calls the disk full: a few large pictures. */
const LEAST_FREE = 16 * 2 ** 20;

/** A half-written file older than this was abandoned. */
const LEFTOVER_AGE_MS = 60 * 60 * 1000;

/**
 * Objects as files `<folder>/<first two digits>/<sha256>`. A file appears under its name complete and flushed, or not at all.
 * Any number of processes may share the folder.
 */
export class FileStore implements ObjectStore {
  readonly #folder: string;
  /** The pending change of each object in this process; the next one waits for it. */
  readonly #changes = new Map<string, { readonly isPut: boolean; readonly done: Promise<unknown> }>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens a store, creating its folder; deletes half-written files of a crash. */
  static async open(folder: string): Promise<FileStore> {
    const store = new FileStore(folder);
    await makeFolder(store.#temporary);
    await store.#removeLeftovers();
    return store;
  }

  async put(bytes: Uint8Array): Promise<{ sha256: string; byteSize: number }> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const last = this.#changes.get(sha256);
    if (last?.isPut)
      await last.done; // equal bytes are written once
    else await this.#change(sha256, { isPut: true }, () => this.#write(sha256, bytes));
    return { sha256, byteSize: bytes.byteLength };
  }

  async get(sha256: string): Promise<Buffer | undefined> {
    const bytes = await orIfMissing(undefined, readFile(this.#path(sha256)));
    if (!bytes) await this.#mustBeThere();
    return bytes;
  }

  async open(sha256: string): Promise<StoredBytes | undefined> {
    const opened = await openFile(this.#path(sha256));
    if (!opened) await this.#mustBeThere();
    return opened;
  }

  async has(sha256: string): Promise<boolean> {
    const found = await orIfMissing(undefined, stat(this.#path(sha256)));
    if (!found) await this.#mustBeThere();
    return found !== undefined;
  }

  async delete(sha256: string, putBefore = Infinity): Promise<boolean> {
    const path = this.#path(sha256);
    return this.#change(sha256, { isPut: false }, () => this.#delete(path, putBefore));
  }

  async *list(): AsyncGenerator<{ sha256: string; putAt: number }> {
    await this.#mustBeThere();
    for await (const folder of await opendir(this.#folder)) {
      if (!/^[0-9a-f]{2}$/.test(folder.name)) continue;
      for await (const { name } of await opendir(join(this.#folder, folder.name))) {
        if (!/^[0-9a-f]{64}$/.test(name)) continue;
        const found = await orIfMissing(undefined, stat(this.#path(name)));
        if (found) yield { sha256: name, putAt: found.mtimeMs };
      }
    }
  }

  /** Hard-links an object into another store on the same disk; false where that is impossible. */
  async linkTo(target: FileStore, sha256: string): Promise<boolean> {
    const path = target.#path(sha256);
    await makeFolder(dirname(path));
    try {
      await unlessThere(link(this.#path(sha256), path));
    } catch (error) {
      if (isSystemError(error)) return false; // another disk, one without hard links, or no such object
      throw error;
    }
    await flushFolder(dirname(path));
    return true;
  }

  async check(): Promise<void> {
    await this.#mustBeThere();
    const { bavail, bsize } = await statfs(this.#folder);
    const free = bavail * bsize;
    if (free < LEAST_FREE) {
      throw new StorageFullError(
        `the disk of ${this.#folder} has ${free} bytes left, expected ${LEAST_FREE} or more: free some space`,
      );
    }
    const temporary = join(this.#temporary, randomUUID());
    try {
      await writeFlushed(temporary, Buffer.of(1));
    } catch (error) {
      throw this.#fault(error, 1);
    } finally {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  get #temporary(): string {
    return join(this.#folder, 'tmp');
  }

  #path(sha256: string): string {
    mustBeHash(sha256);
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }

  /** Serialises the changes of one object. */
  async #change<T>(sha256: string, { isPut }: { isPut: boolean }, work: () => Promise<T>): Promise<T> {
    const before = this.#changes.get(sha256)?.done.catch(() => undefined);
    const change = { isPut, done: before ? before.then(work) : work() };
    this.#changes.set(sha256, change);
    try {
      return await change.done;
    } finally {
      if (this.#changes.get(sha256) === change) this.#changes.delete(sha256);
    }
  }

  /** Throws StorageUnavailableError if the folder is not the one that was opened, such as an unmounted share. */
  async #mustBeThere(): Promise<void> {
    if (await orIfMissing(undefined, stat(this.#temporary))) return;
    throw new StorageUnavailableError(
      `the folder ${this.#folder} of the object store is gone (${this.#temporary} is missing): mount it again, or put it back`,
    );
  }

  async #write(sha256: string, bytes: Uint8Array): Promise<void> {
    await this.#mustBeThere();
    const path = this.#path(sha256);
    const temporary = join(this.#temporary, randomUUID());
    try {
      // Another process may have renamed the file without flushing its folder yet, so it is flushed in any case.
      const found = await orIfMissing(undefined, stat(path));
      if (found?.size !== bytes.byteLength || !(await touch(path))) {
        await makeFolder(dirname(path));
        await writeFlushed(temporary, bytes);
        await rename(temporary, path);
      }
      await flushFolder(dirname(path));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw this.#fault(error, bytes.byteLength);
    }
  }

  /**
   * Renames the file before checking its time again: a put in between has either renewed the time of this file, which is then
   * moved back, or finds none and writes it.
   */
  async #delete(path: string, putBefore: number): Promise<boolean> {
    const old = await orIfMissing(undefined, stat(path));
    if (!old) {
      await this.#mustBeThere();
      return true;
    }
    if (old.mtimeMs >= putBefore) return false;
    const taken = join(this.#temporary, randomUUID());
    if (
      !(await orIfMissing(
        false,
        rename(path, taken).then(() => true),
      ))
    )
      return true;
    const isNew = (await stat(taken)).mtimeMs >= putBefore;
    if (isNew) await unlessThere(link(taken, path));
    await rm(taken, { force: true });
    return !isNew;
  }

  #fault(error: unknown, byteSize: number): unknown {
    if (!isFull(error)) return error;
    return new StorageFullError(`no room for ${byteSize} bytes in ${this.#folder}: ${error.message}`);
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

/** Creates a folder and flushes the new names. */
async function makeFolder(path: string): Promise<void> {
  const firstMade = await mkdir(path, { recursive: true });
  if (firstMade === undefined) return;
  for (let made = path; made.length >= firstMade.length; made = dirname(made))
    await flushFolder(dirname(made));
}

/** Flushes the names in a folder. Windows cannot open folders, and writes their changes through by itself. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Sets the modification time of a file to now; false if the file does not exist. */
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

/** The result, or `otherwise` if the file is missing. */
async function orIfMissing<T, U>(otherwise: U, result: Promise<T>): Promise<T | U> {
  try {
    return await result;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return otherwise;
    throw error;
  }
}

/** Resolves if the file already exists. */
async function unlessThere(result: Promise<void>): Promise<void> {
  try {
    await result;
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EEXIST') throw error;
  }
}
