import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredBytes } from './object-store.ts';
import { openFile } from './open-file.ts';

/**
 * A cache of files with a total size; the least recently used are evicted. A file that cannot be written is not kept, and a
 * deleted one is a miss: every file can be made again.
 */
export class DiskCache {
  readonly #folder: string;
  readonly #limit: number;
  /** Bytes of each file, least recently used first. */
  readonly #sizes = new Map<string, number>();
  #total = 0;

  private constructor(folder: string, limit: number) {
    this.#folder = folder;
    this.#limit = limit;
  }

  /** Opens a cache of at most `limit` bytes, creating its folder. */
  static async open(folder: string, limit: number): Promise<DiskCache> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const cache = new DiskCache(folder, limit);
    const names = await readdir(folder);
    const files = await Promise.all(
      names.map(async (name) => ({ name, ...(await facts(join(folder, name))) })),
    );
    for (const { name, size } of files.sort((a, b) => a.time - b.time)) cache.#use(name, size);
    await cache.#makeRoom();
    return cache;
  }

  /** The bytes under a name, which must be a valid file name. */
  async open(name: string): Promise<StoredBytes | undefined> {
    if (!this.#sizes.has(name)) return undefined;
    const opened = await openFile(join(this.#folder, name)).catch(() => undefined);
    if (opened) this.#use(name, opened.byteSize);
    else this.#forget(name);
    return opened;
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.#limit) return;
    const temporary = join(this.#folder, `${randomUUID()}.tmp`);
    try {
      await writeFile(temporary, bytes, { flag: 'wx', mode: 0o600 });
      await rename(temporary, join(this.#folder, name));
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
      return;
    }
    this.#use(name, bytes.length);
    await this.#makeRoom();
  }

  #use(name: string, size: number): void {
    this.#forget(name);
    this.#sizes.set(name, size);
    this.#total += size;
  }

  #forget(name: string): void {
    this.#total -= this.#sizes.get(name) ?? 0;
    this.#sizes.delete(name);
  }

  async #makeRoom(): Promise<void> {
    for (const name of this.#sizes.keys()) {
      if (this.#total <= this.#limit) return;
      this.#forget(name);
      await rm(join(this.#folder, name), { force: true }).catch(() => undefined);
    }
  }
}

async function facts(path: string): Promise<{ size: number; time: number }> {
  const found = await stat(path).catch(() => undefined);
  return { size: found?.size ?? 0, time: found?.mtimeMs ?? 0 };
}
