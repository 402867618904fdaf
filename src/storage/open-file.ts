import { open } from 'node:fs/promises';
import type { StoredBytes } from './object-store.ts';

/** A file as a stream, readable even if it is deleted meanwhile; undefined if it does not exist. */
export async function openFile(path: string): Promise<StoredBytes | undefined> {
  try {
    const file = await open(path);
    try {
      return { byteSize: (await file.stat()).size, stream: file.createReadStream() };
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
