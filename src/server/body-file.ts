import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** A temporary file for a body that is arriving. No other user can read it, and a crash leaves no file behind. */
export class BodyFile {
  #length = 0;
  readonly #path: string;
  readonly #file: Promise<FileHandle>;
  /** The last write. */
  #written: Promise<unknown>;

  /** Creates the file, and `folder` if it is missing. */
  constructor(folder: string) {
    this.#path = join(folder, randomUUID());
    this.#file = this.#create(folder);
    this.#written = this.#file;
    this.#written.catch(() => undefined); // the next write reports it
  }

  /** Bytes appended so far, written or not. */
  get length(): number {
    return this.#length;
  }

  /** Resolves when the piece is written. Rejects with the system's error. */
  append(piece: Uint8Array): Promise<void> {
    const position = this.#length;
    this.#length += piece.length;
    const write = async () => {
      const file = await this.#file;
      for (let from = 0; from < piece.length;) {
        from += (await file.write(piece, from, piece.length - from, position + from)).bytesWritten;
      }
    };
    const written = this.#written.then(write);
    this.#written = written;
    return written;
  }

  /** Everything that was appended. Rejects with the system's error. */
  async read(): Promise<Buffer> {
    await this.#written;
    const file = await this.#file;
    const bytes = Buffer.allocUnsafe(this.#length);
    for (let from = 0; from < bytes.length;) {
      const { bytesRead } = await file.read(bytes, from, bytes.length - from, from);
      if (bytesRead === 0) throw new Error('a temporary file was truncated');
      from += bytesRead;
    }
    return bytes;
  }

  /** Closes and deletes the file. */
  async close(): Promise<void> {
    await this.#written.catch(() => undefined);
    await this.#file.then((file) => file.close()).catch(() => undefined);
    await rm(this.#path, { force: true }).catch(() => undefined);
  }

  async #create(folder: string): Promise<FileHandle> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(this.#path, 'wx+', 0o600);
    // An open file needs no name, except on Windows, where `close` removes it
    await rm(this.#path, { force: true }).catch(() => undefined);
    return file;
  }
}
