import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';

/** The job database cannot be used; nothing of it was deleted. The message names the file and says what to do. */
export class JobDatabaseError extends Error {
  override readonly name = 'JobDatabaseError';
}

/** An open job database. This process is its only user until `close`. */
export interface JobDatabase {
  readonly sql: Database.Database;
  readonly file: string;
  readonly close: () => void;
}

/** What `PRAGMA user_version` counts: entry i leads from version i to i + 1. Entries never change once released. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE jobs (
     id TEXT NOT NULL PRIMARY KEY,
     status TEXT NOT NULL CHECK (status IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED')),
     priority INTEGER NOT NULL,
     idempotency_key TEXT UNIQUE,
     request TEXT NOT NULL,
     warnings TEXT NOT NULL,
     stage TEXT NOT NULL,
     step INTEGER NOT NULL,
     total_steps INTEGER NOT NULL,
     images TEXT NOT NULL,
     error TEXT,
     attempts INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     started_at INTEGER,
     finished_at INTEGER,
     timings TEXT NOT NULL,
     sequence INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX jobs_by_status ON jobs (status, id);
   CREATE INDEX jobs_by_end ON jobs (finished_at) WHERE finished_at IS NOT NULL;
   CREATE TABLE expired (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE
   ) STRICT;`,
  // Owners, and with them keys that are unique for each; what the jobs refer to; what earlier jobs took.
  `CREATE TABLE jobs_2 (
     id TEXT NOT NULL PRIMARY KEY,
     status TEXT NOT NULL CHECK (status IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED')),
     priority INTEGER NOT NULL,
     owner TEXT NOT NULL,
     idempotency_key TEXT,
     request TEXT NOT NULL,
     warnings TEXT NOT NULL,
     stage TEXT NOT NULL,
     step INTEGER NOT NULL,
     total_steps INTEGER NOT NULL,
     images TEXT NOT NULL,
     error TEXT,
     attempts INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     started_at INTEGER,
     finished_at INTEGER,
     timings TEXT NOT NULL,
     sequence INTEGER NOT NULL,
     UNIQUE (owner, idempotency_key)
   ) STRICT;
   INSERT INTO jobs_2 SELECT id, status, priority, '', idempotency_key, request, warnings, stage, step, total_steps, images,
     error, attempts, created_at, started_at, finished_at, timings, sequence FROM jobs;
   DROP TABLE jobs;
   ALTER TABLE jobs_2 RENAME TO jobs;
   CREATE INDEX jobs_by_status ON jobs (status, id);
   CREATE INDEX jobs_by_end ON jobs (finished_at) WHERE finished_at IS NOT NULL;
   CREATE TABLE uses (
     sha256 TEXT NOT NULL,
     job TEXT NOT NULL,
     PRIMARY KEY (sha256, job)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX uses_by_job ON uses (job);
   INSERT OR IGNORE INTO uses SELECT json_extract(request, '$.source.sha256'), id FROM jobs
     WHERE json_extract(request, '$.source.sha256') IS NOT NULL;
   INSERT OR IGNORE INTO uses SELECT json_extract(image.value, '$.sha256'), jobs.id FROM jobs, json_each(images) AS image;
   CREATE TABLE expired_objects (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     sha256 TEXT NOT NULL UNIQUE
   ) STRICT;
   CREATE TABLE paces (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     model TEXT NOT NULL,
     width INTEGER NOT NULL,
     height INTEGER NOT NULL,
     batch_size INTEGER NOT NULL,
     sampler_name TEXT NOT NULL,
     guided INTEGER NOT NULL,
     before_steps REAL NOT NULL,
     per_step REAL NOT NULL,
     after_steps REAL NOT NULL,
     jobs INTEGER NOT NULL,
     UNIQUE (model, width, height, batch_size, sampler_name, guided)
   ) STRICT;`,
];

/**
 * Opens `jobs.db` in `dataDir`, creating or upgrading it. SQLite's exclusive lock makes this process its only user and
 * is released by the kernel however the process ends; `jobs.lock` beside it only tells others who that is.
 * Throws JobDatabaseError if another process has it, if the file is damaged or from a newer version.
 */
export function openJobDatabase(dataDir: string): JobDatabase {
  const file = join(dataDir, 'jobs.db');
  const lockFile = join(dataDir, 'jobs.lock');
  let sql: Database.Database | undefined;
  try {
    mkdirSync(dataDir, { recursive: true });
    sql = new Database(file);
    sql.pragma('locking_mode = EXCLUSIVE');
    // Nothing is written before the file is known to be ours and sound.
    check(sql, file);
    const version = schemaVersion(sql, file);
    sql.pragma('journal_mode = WAL');
    sql.pragma('synchronous = FULL');
    migrate(sql, version);
    writeFileSync(lockFile, `process ${process.pid} on ${hostname()}\n`);
  } catch (error) {
    sql?.close();
    throw explain(error, file, lockFile);
  }
  const opened = sql;
  return {
    sql: opened,
    file,
    close: () => {
      rmSync(lockFile, { force: true });
      unlock(opened);
      opened.close();
    },
  };
}

/**
 * Gives the file free. Closing alone would not: the driver keeps the connection until its last statement is collected,
 * and SQLite leaves exclusive mode only outside WAL mode, at the next read.
 */
function unlock(sql: Database.Database): void {
  sql.pragma('journal_mode = DELETE');
  sql.pragma('locking_mode = NORMAL');
  sql.pragma('schema_version');
}

function check(sql: Database.Database, file: string): void {
  const [first] = sql.pragma('quick_check(1)') as { quick_check: string }[];
  if (first?.quick_check !== 'ok') throw damaged(file, first?.quick_check ?? 'the check gave no answer');
}

function schemaVersion(sql: Database.Database, file: string): number {
  const [row] = sql.pragma('user_version') as { user_version: number }[];
  const version = row?.user_version ?? 0;
  if (version <= MIGRATIONS.length) return version;
  throw new JobDatabaseError(
    `The job database ${file} has schema version ${version}, this version of LatentQL knows up to ${MIGRATIONS.length}: ` +
      'start the newer version again, or set DATA_DIR to another folder.',
  );
}

function migrate(sql: Database.Database, version: number): void {
  sql.transaction(() => {
    for (const migration of MIGRATIONS.slice(version)) sql.exec(migration);
    sql.pragma(`user_version = ${MIGRATIONS.length}`);
  })();
}

/** The cause in words that tell an operator what to do; the error itself where there are none. */
function explain(error: unknown, file: string, lockFile: string): unknown {
  if (!(error instanceof Error) || error instanceof JobDatabaseError) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'SQLITE_BUSY') {
    return new JobDatabaseError(
      `The job database ${file} is in use by ${holder(lockFile)}. One process works on a DATA_DIR at a time: ` +
        'stop the other one, or set DATA_DIR to another folder.',
    );
  }
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) return damaged(file, error.message);
  return new JobDatabaseError(`The job database ${file} cannot be opened: ${error.message}`);
}

function damaged(file: string, finding: string): JobDatabaseError {
  return new JobDatabaseError(
    `The job database ${file} is damaged (${finding}). Nothing was deleted: put back a copy of it, ` +
      'or move it away together with its -wal file to start with no jobs.',
  );
}

function holder(lockFile: string): string {
  try {
    return readFileSync(lockFile, 'utf8').trim();
  } catch {
    return 'another process';
  }
}
