import { stat } from 'node:fs/promises';

/**
 * What files are now: the same text as long as none of them changed, came or went. The inode and the time of the last change
 * of status tell a file that was replaced by one of the same size and date.
 */
export async function stateOf(files: readonly string[]): Promise<string> {
  const stamps = files.map(async (file) => {
    const { size, mtimeNs, ctimeNs, ino, dev } = await stat(file, { bigint: true });
    return [size, mtimeNs, ctimeNs, ino, dev].join('/');
  });
  return (await Promise.all(stamps.map((stamp) => stamp.catch(() => 'missing')))).join();
}
