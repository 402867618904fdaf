import { constants } from 'node:fs';
import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { CheckpointError } from '../errors.ts';

/**
 * Opens a file for reading, following symbolic links, and closes it after `work`. Never blocks: throws
 * CheckpointError for pipes, devices and folders; file system errors pass through.
 */
export async function withRegularFile<Result>(
  path: string,
  work: (handle: FileHandle, size: number, realPath: string) => Promise<Result>,
): Promise<Result> {
  const file = await realpath(path);
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw Object.assign(error as Error, { path }); // the given path, not a link's target
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

/** Whether a path is a regular file (not a folder, pipe or socket). */
export const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (info) => info.isFile(),
    () => false,
  );

/** Reads up to `length` bytes from `position`: fewer at the end of the file. */
export async function readBytes(handle: FileHandle, length: number, position: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** The message of a file system error without the path: `EACCES: permission denied`. */
export const withoutPath = ({ message }: Error): string => message.replace(/, \w+( '.*)?$/s, '');
