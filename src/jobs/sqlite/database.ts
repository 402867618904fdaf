import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { StorageFullError } from '../../storage/object-store.ts';
import { QueueUnavailableError } from '../queue.ts';
import { DatabasePlace } from './database-place.ts';
import { canLock, isLockFault } from './file-locks.ts';
import { SCHEMA, SCHEMA_VERSION } from './tables.ts';
import { type Disk, LOCAL_DISK, syncPath, WriteAheadLog } from './write-ahead-log.ts';

/** The job database cannot be opened; nothing of it was deleted. The message names the file and says what to do. */
export class JobDatabaseError extends Error {
  override readonly name = 'JobDatabaseError';
}

/** Bytes that are given up on a full disk, so that a job can still end. */
const RESERVE = 512 * 1024;

/** The values of a statement's parameters, in order or by name. */
type Values = readonly (string | number | null | Readonly<Record<string, string | number | null>>)[];

/**
 * An open job database; this process is its only user until `close`. Statements are compiled once. Whoever works on it goes
 * through `read`, `change` or `write`, which alone wait for the disk.
 */
export class JobDatabase {
  readonly file: string;
  readonly #sql: Database.Database;
  readonly #log: WriteAheadLog;
  readonly #lockFile: string;
  readonly #reserveFile: string;
  readonly #place: DatabasePlace;
  readonly #prepared = new Map<string, Database.Statement>();
  #inTransaction = false;
  #closing: Promise<void> | undefined;

  /**
   * Opens `jobs.db` in `dataDir`, creating both. SQLite's exclusive lock makes this process its only user and is released
   * by the kernel however the process ends; `jobs.lock` beside it only names the holder. Throws JobDatabaseError if another
   * process has it, if the file is damaged or from another version.
   */
  constructor(dataDir: string, disk: Disk = LOCAL_DISK) {
    this.file = join(dataDir, 'jobs.db');
    this.#lockFile = join(dataDir, 'jobs.lock');
    this.#reserveFile = join(dataDir, 'reserve');
    let sql: Database.Database | undefined;
    try {
      mkdirSync(dataDir, { recursive: true });
      sql = new Database(this.file);
      sql.pragma('locking_mode = EXCLUSIVE');
      // Nothing is written before the file is known to be ours and sound.
      mustBeSound(sql, this.file);
      const version = readableVersion(sql, this.file);
      sql.pragma('journal_mode = WAL');
      sql.pragma('synchronous = FULL');
      sql.pragma('wal_autocheckpoint = 0');
      // Written and synced at each start, so that the log is there and its name on the disk.
      sql.exec(`BEGIN; ${version === 0 ? SCHEMA : ''} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
      sql.pragma('synchronous = OFF');
      writeFileSync(this.#lockFile, `process ${process.pid} on ${hostname()}\n`);
      this.#place = new DatabasePlace(this.file);
      this.#sql = sql;
      this.#log = new WriteAheadLog(sql, this.file, disk);
    } catch (error) {
      sql?.close();
      throw explained(error, this.file, this.#lockFile);
    }
    this.#keepReserve();
  }

  /** The rows of a query, or of what a change returns. */
  all<Row>(text: string, ...values: Values): Row[] {
    return this.#prepare(text).all(...values) as Row[];
  }

  /** Changes rows; tells how many. */
  run(text: string, ...values: Values): number {
    return this.#prepare(text).run(...values).changes;
  }

  /** What `work` reads. Resolves when it is on the disk: a power cut undoes nothing that a client has seen. */
  async read<T>(work: () => T): Promise<T> {
    const result = work();
    await this.onDisk();
    return result;
  }

  /** Does `work` and what it changes, at once or when a checkpoint has ended; a power cut may undo it. */
  async change<T>(work: () => T): Promise<T> {
    while (this.#log.checkpoint) await this.#log.checkpoint;
    this.#log.mustReachDisk();
    try {
      return work();
    } finally {
      if (!this.#closing) this.#log.keepShort();
    }
  }

  /** `change`, and resolves when it is on the disk. */
  async write<T>(work: () => T): Promise<T> {
    const result = await this.change(work);
    await this.onDisk();
    return result;
  }

  /** Resolves when everything that was committed is on the disk. Throws QueueUnavailableError where it cannot be brought there. */
  onDisk(): Promise<void> {
    return this.#log.onDisk();
  }

  /**
   * All of `work` or nothing; one within another is part of it. On a full disk `isEnding` may use the reserve. Throws
   * StorageFullError on a full disk, QueueUnavailableError where the file is no longer in its place.
   */
  transaction<T>(work: () => T, { isEnding = false } = {}): T {
    if (this.#inTransaction) return work(); // the driver's own flag ends the process where the connection is closed
    this.mustBeInPlace();
    if (this.#log.checkpoint) throw new Error('the job database was changed during a checkpoint');
    try {
      return this.#transaction(work);
    } catch (error) {
      if (!isFull(error)) throw error;
      if (!isEnding || !this.#giveUpReserve()) throw noRoom(this.file, error as Error);
    }
    try {
      return this.#transaction(work);
    } catch (error) {
      throw isFull(error) ? noRoom(this.file, error as Error) : error;
    }
  }

  /** Throws QueueUnavailableError where the file or its log was deleted or replaced, so that what is written would be lost. */
  mustBeInPlace(): void {
    if (this.#closing) throw new QueueUnavailableError('The job database is closed.');
    this.#place.mustBeKept();
  }

  /** Writes and syncs a few bytes. Throws as `transaction` does; makes the reserve again where there is room. */
  async check(): Promise<void> {
    await this.write(() => this.transaction(() => this.#sql.pragma(`user_version = ${SCHEMA_VERSION}`)));
    if (!this.#keepReserve()) throw noRoom(this.file, new Error('the reserve is used up'));
  }

  /** Writes a consistent copy to a file that does not exist yet, while the database is in use. */
  async copyTo(file: string): Promise<void> {
    this.#sql.prepare('VACUUM INTO ?').run(file);
    await syncPath(file);
  }

  /** Releases the file. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#log.settled();
    this.#sql.pragma('synchronous = FULL');
    // Any other file in its place is not this process's to touch, and SQLite writes to no file that was moved.
    if (this.#place.hasFile) this.#release();
    this.#sql.close();
    this.#log.close();
  }

  #release(): void {
    rmSync(this.#lockFile, { force: true });
    rmSync(this.#reserveFile, { force: true });
    // Closing alone would not release it: the driver keeps the connection until its last statement is collected, and
    // SQLite leaves exclusive mode only outside WAL mode, at the next read.
    this.#sql.pragma('journal_mode = DELETE');
    this.#sql.pragma('locking_mode = NORMAL');
    this.#sql.pragma('schema_version');
  }

  #prepare(text: string): Database.Statement {
    const known = this.#prepared.get(text);
    if (known) return known;
    const statement = this.#sql.prepare(text);
    this.#prepared.set(text, statement);
    return statement;
  }

  #transaction<T>(work: () => T): T {
    this.#sql.exec('BEGIN IMMEDIATE');
    this.#inTransaction = true;
    try {
      const result = work();
      this.#sql.exec('COMMIT');
      this.#log.committed();
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  #rollBack(): void {
    try {
      this.#sql.exec('ROLLBACK');
    } catch {
      // After some errors (the disk is full) SQLite has done it by itself; the first error is the one that tells.
    }
  }

  #keepReserve(): boolean {
    try {
      const size = statSync(this.#reserveFile, { throwIfNoEntry: false })?.size;
      if (size !== RESERVE) writeFileSync(this.#reserveFile, Buffer.alloc(RESERVE, 1));
      return true;
    } catch {
      rmSync(this.#reserveFile, { force: true });
      return false;
    }
  }

  #giveUpReserve(): boolean {
    const exists = statSync(this.#reserveFile, { throwIfNoEntry: false }) !== undefined;
    rmSync(this.#reserveFile, { force: true });
    return exists;
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

const isFull = (error: unknown): boolean =>
  codeOf(error).startsWith('SQLITE_FULL') || codeOf(error) === 'ENOSPC';

const noRoom = (file: string, { message }: Error): StorageFullError =>
  new StorageFullError(`no room in the job database ${file}: ${message}`);

function mustBeSound(sql: Database.Database, file: string): void {
  const [first] = sql.pragma('quick_check(1)') as { quick_check: string }[];
  if (first?.quick_check !== 'ok') throw damaged(file, first?.quick_check ?? 'the check gave no answer');
}

/** The version of its tables, 0 before the first. Throws JobDatabaseError for one that cannot be read. */
function readableVersion(sql: Database.Database, file: string): number {
  const [row] = sql.pragma('user_version') as { user_version: number }[];
  const version = row?.user_version ?? 0;
  if (version === SCHEMA_VERSION || version === 0) return version;
  const found = `The job database ${file} has schema version ${version}, this version of LatentQL reads ${SCHEMA_VERSION}: `;
  throw new JobDatabaseError(
    version > SCHEMA_VERSION
      ? `${found}start the newer version again, or set DATA_DIR to another folder.`
      : `${found}it was written before the first release. Move it away to start with no jobs, or set DATA_DIR to another folder.`,
  );
}

/** The cause and the remedy for an operator; the error itself where no remedy is known. */
function explained(error: unknown, file: string, lockFile: string): unknown {
  if (!(error instanceof Error) || error instanceof JobDatabaseError) return error;
  const code = codeOf(error);
  if (isLockFault(code) && !canLock(dirname(file))) {
    return new JobDatabaseError(
      `The job database ${file} cannot be locked (${code}): the file system of DATA_DIR has no file locks, as on some mounts of ` +
        'NFS, SMB, 9p and FUSE. DATA_DIR belongs on a local disk; STORAGE_URL may be a shared folder.',
    );
  }
  if (code === 'SQLITE_BUSY') {
    return new JobDatabaseError(
      `The job database ${file} is in use by ${holder(lockFile)}. Only one process may use a DATA_DIR: ` +
        'stop the other one, or set DATA_DIR to another folder.',
    );
  }
  if (isFull(error)) {
    return new JobDatabaseError(
      `The job database ${file} cannot be opened because the disk is full: free some space on the disk of DATA_DIR.`,
    );
  }
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) return damaged(file, error.message);
  return new JobDatabaseError(`The job database ${file} cannot be opened: ${error.message}`);
}

const damaged = (file: string, finding: string): JobDatabaseError =>
  new JobDatabaseError(
    `The job database ${file} is damaged (${finding}). Nothing was deleted: put back a copy of it, ` +
      'or move it away together with its -wal file to start with no jobs.',
  );

function holder(lockFile: string): string {
  try {
    return readFileSync(lockFile, 'utf8').trim();
  } catch {
    return 'another process';
  }
}
