import type { Readable } from 'node:stream';

/** Stored bytes that are read as they are taken. The receiver reads the stream or destroys it. */
export interface StoredBytes {
  readonly byteSize: number;
  readonly stream: Readable;
}

/** Content-addressed bytes: source images and results, named by their SHA-256 in lower-case hex. */
export interface ObjectStore {
  /**
   * Durable when it resolves, and stored at this moment even if the same bytes were there before (they are not written
   * again). Throws StorageFullError when the disk is full.
   */
  put(bytes: Uint8Array): Promise<{ sha256: string; byteSize: number }>;
  /** undefined if there is no such object. */
  get(sha256: string): Promise<Buffer | undefined>;
  /** Like `get`, without holding the object in memory. */
  open(sha256: string): Promise<StoredBytes | undefined>;
  has(sha256: string): Promise<boolean>;
  /** Removes an object that was last put before `time` (milliseconds since the epoch); tells whether it is gone now. */
  delete(sha256: string, putBefore?: number): Promise<boolean>;
  /** Every object with the time of its last put, in any order. */
  list(): AsyncIterable<{ readonly sha256: string; readonly putAt: number }>;
  /** Resolves if an object could be stored now. Throws StorageFullError or StorageUnavailableError. */
  check(): Promise<void>;
}

/** The store does not answer, or its folder is gone; what it holds is unknown. The message says what an operator can do. */
export class StorageUnavailableError extends Error {
  override readonly name = 'StorageUnavailableError';
}

/** The disk is full: there is no room for another object or job; nothing of it was kept. */
export class StorageFullError extends Error {
  override readonly name = 'StorageFullError';
}
