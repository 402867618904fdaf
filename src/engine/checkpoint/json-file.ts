import { CheckpointError } from '../errors.ts';
import { FIRST_BYTES, foreignKind } from './foreign-files.ts';
import { readBytes, withRegularFile } from './regular-file.ts';

/** Maximum size of a JSON file. Shard indexes, which list every tensor, are the largest. */
const MAX_BYTES = 2 ** 25;

/**
 * Reads the object in a JSON file. `name` is the file's name in messages. Throws CheckpointError; file system
 * errors pass through.
 */
export function readJsonObject(path: string, name: string): Promise<Record<string, unknown>> {
  return withRegularFile(path, async (handle, size) => {
    if (size > MAX_BYTES)
      throw new CheckpointError(`${name}: ${size} bytes, expected at most ${MAX_BYTES} of JSON`);
    const bytes = await readBytes(handle, size, 0);
    try {
      const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        return value as Record<string, unknown>;
    } catch {
      // the parser's message is not used because it quotes the file's contents
    }
    const found = /^\s*[[{]/.test(bytes.toString('utf8', 0, 64))
      ? undefined
      : foreignKind(bytes.subarray(0, FIRST_BYTES));
    throw new CheckpointError(`${name}: not a JSON object${found === undefined ? '' : `; it is ${found}`}`);
  });
}
