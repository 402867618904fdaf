import { statSync } from 'node:fs';
import { QueueUnavailableError } from '../queue.ts';

/** Notices when the file of an open database, or its write-ahead log, is deleted or replaced: what is written then would be lost. */
export class DatabasePlace {
  readonly #file: string;
  readonly #log: string;
  readonly #inodes: { readonly file: bigint | undefined; readonly log: bigint | undefined };

  /** `file` is open, and its log exists. */
  constructor(file: string) {
    this.#file = file;
    this.#log = `${file}-wal`;
    this.#inodes = { file: inodeOf(this.#file), log: inodeOf(this.#log) };
  }

  /** Whether the database file is the one that was opened. */
  get hasFile(): boolean {
    return inodeOf(this.#file) === this.#inodes.file;
  }

  /** Throws QueueUnavailableError with a remedy where the file or its log is not the one that was opened. */
  mustBeKept(): void {
    const gone = 'was deleted or replaced while the server was running; new jobs are refused.';
    if (!this.hasFile) {
      const remedy = 'Put the file back and restart the server.';
      throw new QueueUnavailableError(`The job database ${this.#file} ${gone} ${remedy}`);
    }
    if (inodeOf(this.#log) === this.#inodes.log) return;
    const remedy =
      'Stop the server with SIGTERM, which keeps the jobs, and start it again: a kill would lose them.';
    throw new QueueUnavailableError(`The log ${this.#log} of the job database ${gone} ${remedy}`);
  }
}

const inodeOf = (file: string): bigint | undefined =>
  statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
