import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Disk, SyncedFile } from '../../src/jobs/sqlite/write-ahead-log.ts';

const FILES = ['jobs.db', 'jobs.db-wal'];

/** Bytes that reach a disk together. */
const SECTOR = 512;

/** The disk of a folder with a job database. Of what was not synced a power cut leaves any sectors. */
export class PowerCuts implements Disk {
  /** A checkpoint after every few changes. */
  readonly logLimit = 40_000;
  /** Called before each sync. */
  onSync: (file: string) => Promise<void> = () => Promise.resolve();
  /** How often a file was synced. */
  readonly syncs = new Map<string, number>();
  readonly #folder: string;
  readonly #onDisk = new Map<string, Buffer>();
  #random = 1;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Everything is on the disk now. */
  begin(): void {
    for (const file of FILES) this.#onDisk.set(file, this.#written(file));
  }

  readonly sync = async ({ path }: SyncedFile): Promise<void> => {
    const file = basename(path);
    await this.onSync(file);
    const written = this.#written(file);
    await setImmediate(); // what is written from here on is not part of it
    this.#onDisk.set(file, written);
    this.syncs.set(file, (this.syncs.get(file) ?? 0) + 1);
  };

  /** Writes to another folder what a power cut would leave at this moment. */
  async cut(target: string): Promise<void> {
    const left = FILES.map(
      (file) => [file, this.#mixed(this.#onDisk.get(file)!, this.#written(file))] as const,
    );
    for (const [file, bytes] of left) await writeFile(join(target, file), bytes);
  }

  #written(file: string): Buffer {
    return readFileSync(join(this.#folder, file));
  }

  #mixed(synced: Buffer, written: Buffer): Buffer {
    const mixed = Buffer.alloc(this.#either(synced.length, written.length));
    for (let at = 0; at < mixed.length; at += SECTOR) {
      const sector = this.#either(synced, written).subarray(at, at + SECTOR);
      sector.copy(mixed, at);
    }
    return mixed;
  }

  #either<T>(one: T, other: T): T {
    this.#random = (this.#random * 48271) % 2147483647; // Park and Miller
    return this.#random % 2 === 0 ? one : other;
  }
}
