import type { Readable } from 'node:stream';

/** Stored bytes as a stream. The receiver must read or destroy it. */
export interface StoredBytes {
  readonly byteSize: number;
  readonly stream: Readable;
  /** The last END_BYTES of them, where a store can read them without reading the rest. */
  readonly end?: Buffer;
}

/** Bytes that tell whether a file was cut short: those of a PNG's last chunk. */
export const END_BYTES = 12;

/** Content-addressed bytes: source images and results, named by their SHA-256 in lower-case hex. */
export interface ObjectStore {
  /**
   * Durable when it resolves. If equal bytes exist already, only their time is renewed. Throws StorageFullError when the disk is
   * full.
   */
  put(bytes: Uint8Array): Promise<{ sha256: string; byteSize: number }>;
  /** undefined if there is no such object. */
  get(sha256: string): Promise<Buffer | undefined>;
  /** Like `get`, without loading the object into memory. */
  open(sha256: string): Promise<StoredBytes | undefined>;
  has(sha256: string): Promise<boolean>;
  /** Removes an object that was last put before `time` (milliseconds since the epoch); true if it is gone now. */
  delete(sha256: string, putBefore?: number): Promise<boolean>;
  /** Every object with the time of its last put, in any order. */
  list(): AsyncIterable<{ readonly sha256: string; readonly putAt: number }>;
  /** Resolves if an object could be stored now. Throws StorageFullError or StorageUnavailableError. */
  check(): Promise<void>;
}

/** The store does not answer, or its folder is gone. The message says what the operator can do. */
export class StorageUnavailableError extends Error {
  override readonly name = 'StorageUnavailableError';
}

/** An object that is referred to is missing, or its bytes are not those that were stored: a disk failed, or somebody removed it. */
export class LostObjectError extends Error {
  override readonly name = 'LostObjectError';
  readonly sha256: string;

  constructor(sha256: string, state: 'missing' | 'damaged', options?: ErrorOptions) {
    super(`the picture ${sha256} is ${state} in the object store`, options);
    this.sha256 = sha256;
  }
}

/** The disk has no room for the object or job; nothing of it was kept. */
export class StorageFullError extends Error {
  override readonly name = 'StorageFullError';
}
