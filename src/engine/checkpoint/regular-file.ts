import { constants } from 'node:fs';
import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { CheckpointError } from '../errors.ts';

/**
 * Opens a file for reading, symbolic links followed, and closes it after `work`. Throws CheckpointError for a pipe, a device
 * or a socket, none of which is waited for; file system errors pass through.
 */
export async function withRegularFile<Result>(
  path: string,
  work: (handle: FileHandle, size: number, realPath: string) => Promise<Result>,
): Promise<Result> {
  const file = await realpath(path);
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw Object.assign(error as Error, { path }); // not where a link leads
  });
  try {
    const info = await handle.stat();
    if (!info.isFile()) {
      const found = info.isDirectory() ? 'EISDIR: it is a folder' : 'it is a pipe or a device';
      throw new CheckpointError(`${basename(path)} cannot be read: ${found}, expected a file`);
    }
    return await work(handle, info.size, file);
  } finally {
    await handle.close();
  }
}

/** Whether a path leads to a file: a folder, a pipe or a socket of its name is another thing. */
export const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (info) => info.isFile(),
    () => false,
  );

/** Up to `length` bytes of a file from `position` on: fewer where it ends. */
export async function readBytes(handle: FileHandle, length: number, position: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** What a file system error says, without the path: `EACCES: permission denied`. */
export const withoutPath = ({ message }: Error): string => message.replace(/, \w+( '.*)?$/s, '');
