import { closeSync, fstatSync, fsync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import type Database from 'libsql';
import { QueueUnavailableError } from '../queue.ts';

/** An open file that is to reach the disk. */
export interface SyncedFile {
  readonly path: string;
  readonly descriptor: number;
}

/** What the database needs of its disk. */
export interface Disk {
  /** Resolves when all that was written to a file is on the disk, whatever happens to the power. */
  readonly sync: (file: SyncedFile) => Promise<void>;
  /** Bytes of the log beyond which its pages are moved into the database: moving more would block the event loop. */
  readonly logLimit: number;
}

const fsyncApart = promisify(fsync); // in a thread of libuv's pool

/** The disk of this machine. */
export const LOCAL_DISK: Disk = {
  sync: ({ descriptor }) => fsyncApart(descriptor),
  logLimit: 1024 * 1024,
};

/** Brings a file that is not open to the disk. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  await handle.sync().finally(() => handle.close());
}

/**
 * The write-ahead log of a database whose connection waits for no disk itself (`synchronous = OFF`), so that a slow disk never
 * blocks the event loop. It does in other threads what SQLite would do on its own: one sync for all commits made before it
 * began, and the three syncs of a checkpoint, during which nothing may be written.
 */
export class WriteAheadLog {
  readonly #sql: Database.Database;
  readonly #disk: Disk;
  readonly #database: SyncedFile;
  readonly #log: SyncedFile;
  #commits = 0;
  /** Commits that are on the disk. */
  #synced = 0;
  #syncing: Promise<void> | undefined;
  #checkpoint: Promise<void> | undefined;
  #failure: QueueUnavailableError | undefined;

  /** The log exists and is on the disk. */
  constructor(sql: Database.Database, path: string, disk: Disk) {
    this.#sql = sql;
    this.#disk = disk;
    this.#database = opened(path);
    this.#log = opened(`${path}-wal`);
  }

  /** Resolves when the checkpoint that is being made ends; undefined where none is: then changes may be made at once. */
  get checkpoint(): Promise<void> | undefined {
    return this.#checkpoint;
  }

  /** Throws QueueUnavailableError where something did not reach the disk: what is on it is known again after a restart only. */
  mustReachDisk(): void {
    if (this.#failure) throw this.#failure;
  }

  /** A transaction was committed. */
  committed(): void {
    this.#commits++;
  }

  /** Resolves when everything that was committed is on the disk. Throws QueueUnavailableError. */
  async onDisk(): Promise<void> {
    for (const upTo = this.#commits; this.#synced < upTo;) {
      this.mustReachDisk();
      await (this.#syncing ??= this.#sync());
    }
  }

  /** Begins to move the pages of a long log into the database. */
  keepShort(): void {
    if (this.#checkpoint || this.#failure || fstatSync(this.#log.descriptor).size <= this.#disk.logLimit)
      return;
    this.#checkpoint = this.#moveToDatabase().finally(() => (this.#checkpoint = undefined));
  }

  /** Resolves when nothing is done any more; what could not be synced is left to SQLite, which syncs as it closes. */
  async settled(): Promise<void> {
    await this.#checkpoint;
    await this.onDisk().catch(() => undefined);
  }

  /** To be called after the connection's end: closing a database's descriptor gives up every lock of the process on it. */
  close(): void {
    closeSync(this.#log.descriptor);
    closeSync(this.#database.descriptor);
  }

  async #sync(): Promise<void> {
    const upTo = this.#commits;
    await this.#toDisk(this.#log);
    if (!this.#failure) this.#synced = upTo;
    this.#syncing = undefined;
  }

  /**
   * No page of the database is written before the log that holds it is on the disk, and no page of the log is written over
   * before the database, and then the log's emptiness, are.
   */
  async #moveToDatabase(): Promise<void> {
    try {
      await this.onDisk();
      this.#sql.pragma('wal_checkpoint(PASSIVE)');
    } catch {
      return; // a failed sync was noted; on a full disk the log stays as it is, and the next change tries again
    }
    await this.#toDisk(this.#database);
    if (this.#failure) return;
    await this.#toDisk(this.#log, () => this.#sql.pragma('wal_checkpoint(TRUNCATE)'));
  }

  async #toDisk(file: SyncedFile, prepare: () => unknown = () => undefined): Promise<void> {
    try {
      prepare();
      await this.#disk.sync(file);
    } catch (error) {
      // The system takes the pages for written from now on: a later sync that succeeds would say nothing about them.
      this.#failure ??= new QueueUnavailableError(
        `What was written to ${file.path} did not reach the disk (${(error as Error).message}). ` +
          'New jobs are refused: check the disk and restart the server.',
      );
    }
  }
}

const opened = (path: string): SyncedFile => ({ path, descriptor: openSync(path, 'r+') });
