import { open } from 'node:fs/promises';
import { END_BYTES, type StoredBytes } from './object-store.ts';

/** A file as a stream, readable even if it is deleted meanwhile; undefined if it does not exist. */
export async function openFile(path: string): Promise<StoredBytes | undefined> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const end = Buffer.alloc(Math.min(END_BYTES, size));
      await file.read(end, 0, end.length, size - end.length);
      return { byteSize: size, stream: file.createReadStream(), end };
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
