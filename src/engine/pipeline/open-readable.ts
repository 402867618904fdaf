import { checkpointName } from '../checkpoint/file-names.ts';
import { withoutPath } from '../checkpoint/regular-file.ts';
import { CheckpointError } from '../errors.ts';

/** Opens a file. A file system error becomes a CheckpointError that names the file without its path. */
export async function openReadable<Result>(
  path: string,
  open: (path: string) => Promise<Result>,
): Promise<Result> {
  try {
    return await open(path);
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw new CheckpointError(`${checkpointName(path)}: cannot be read: ${withoutPath(cause as Error)}`, {
      cause,
    });
  }
}
