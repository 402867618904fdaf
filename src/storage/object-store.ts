/** Content-addressed bytes: source images and results, named by their SHA-256 in lower-case hex. */
export interface ObjectStore {
  /** Durable when it resolves; storing the same bytes twice is free. Throws StorageFullError when the disk is full. */
  put(bytes: Uint8Array): Promise<{ sha256: string; byteSize: number }>;
  /** undefined if there is no such object. */
  get(sha256: string): Promise<Buffer | undefined>;
  has(sha256: string): Promise<boolean>;
  delete(sha256: string): Promise<void>;
}

/** There is no room for another object; nothing of it was kept. */
export class StorageFullError extends Error {
  override readonly name = 'StorageFullError';
}
