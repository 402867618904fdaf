import { isAbsolute, join, resolve } from 'node:path';
import { FileStore } from './file-store.ts';
import type { ObjectStore } from './object-store.ts';

/** Opens the store that STORAGE_URL names: s3://bucket/prefix or a folder; without it, `objects` in the data folder. */
export async function openObjectStore(url: string | undefined, dataDir: string): Promise<ObjectStore> {
  if (url === undefined) return FileStore.open(join(dataDir, 'objects'));
  if (!url.startsWith('s3://')) return FileStore.open(isAbsolute(url) ? url : resolve(url));
  const { S3Store } = await import('./s3-store.ts'); // loading it takes 0.1 s and 20 MB
  return S3Store.open(url);
}
