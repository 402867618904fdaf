import { stat } from 'node:fs/promises';

/** What files are at one moment: for looks at many that have neighbours in common. */
export type Stamps = Map<string, Promise<string>>;

/**
 * What files are now: the same text as long as none of them changed, came or went. The inode and the time of the last change
 * of status tell a file that was replaced by one of the same size and date.
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
