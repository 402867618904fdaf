import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStore } from '../../src/storage/file-store.ts';
import { describeObjectStore } from './object-store.suite.ts';

describeObjectStore('FileStore', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'latentql-store-'));
  return {
    open: () => FileStore.open(join(folder, 'objects')),
    remove: () => rm(folder, { recursive: true }),
  };
});
