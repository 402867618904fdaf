import { stat } from 'node:fs/promises';

/** Caches the states of files during an inspection of many checkpoints with common companions. */
export type Stamps = Map<string, Promise<string>>;

/**
 * Describes the state of files: the text stays the same as long as none of them is changed, created or
 * deleted. The inode and ctime detect a file that was replaced by one of the same size and date.
 */
export async function stateOf(files: readonly string[], stamps: Stamps = new Map()): Promise<string> {
  const known = (file: string): Promise<string> => {
    const stamp = stamps.get(file) ?? stampOf(file);
    stamps.set(file, stamp);
    return stamp;
  };
  return (await Promise.all(files.map(known))).join();
}

const stampOf = (file: string): Promise<string> =>
  stat(file, { bigint: true }).then(
    ({ size, mtimeNs, ctimeNs, ino, dev }) => [size, mtimeNs, ctimeNs, ino, dev].join('/'),
    () => 'missing',
  );
