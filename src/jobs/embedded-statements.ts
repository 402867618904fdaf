import type Database from 'libsql';
import { StorageFullError } from '../storage/object-store.ts';

/** The prepared statements of a connection: each text is compiled once. */
export class Statements {
  readonly #sql: Database.Database;
  readonly #prepared = new Map<string, Database.Statement>();
  #inTransaction = false;

  constructor(sql: Database.Database) {
    this.#sql = sql;
  }

  prepare(text: string): Database.Statement {
    const known = this.#prepared.get(text);
    if (known) return known;
    const statement = this.#sql.prepare(text);
    this.#prepared.set(text, statement);
    return statement;
  }

  /** All of `work` or nothing; one within another is part of it. Throws StorageFullError when the disk is full. */
  transaction<T>(work: () => T): T {
    if (this.#inTransaction) return work(); // the driver's own flag ends the process where the connection is closed
    this.#sql.exec('BEGIN IMMEDIATE');
    this.#inTransaction = true;
    try {
      const result = work();
      this.#sql.exec('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw isFull(error) ? new StorageFullError(`no room in the job database: ${error.message}`) : error;
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
}

const isFull = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === 'SQLITE_FULL';
