import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** What could not be set up; the message says what to do. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

/** A file to be downloaded. */
export interface Download {
  readonly url: string;
  readonly byteLength: number;
  /** SHA-512, base64. */
  readonly integrity: string;
  readonly path: string;
  /** Called with the bytes that are there so far. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Downloads a file and verifies it. What an earlier attempt left in `<path>.part` is gone on with; a file that is there and
 * sound is not downloaded again. Throws SetupError.
 */
export async function download({ url, byteLength, integrity, path, onProgress }: Download): Promise<void> {
  if ((await sizeOf(path)) === byteLength && (await sha512(path)) === integrity) return;
  const part = `${path}.part`;
  let from = await sizeOf(part);
  if (from > byteLength) from = 0;
  if (from < byteLength) {
    const response = await fetch(url, { headers: from > 0 ? { range: `bytes=${from}-` } : {} }).catch(
      (error: unknown) => {
        throw new SetupError(`${url} cannot be reached: ${messageOf(error)}`);
      },
    );
    if (!response.ok || !response.body) throw new SetupError(`${url} answered ${response.status}`);
    if (response.status !== 206) from = 0; // the server starts again
    let bytes = from;
    const file = await open(part, from > 0 ? 'a' : 'w');
    try {
      for await (const chunk of response.body) {
        await file.writeFile(chunk); // a stream would drop what it holds when the next chunk does not come
        onProgress?.((bytes += (chunk as Uint8Array).length));
      }
    } catch (error) {
      throw new SetupError(
        `${url} broke off at ${bytes} of ${byteLength} bytes: ${messageOf(error)}; the next attempt goes on there`,
      );
    } finally {
      await file.close();
    }
  }
  const found = await sha512(part);
  if (found !== integrity) {
    await rm(part);
    throw new SetupError(`${url} is not the file that was pinned: SHA-512 ${found}, expected ${integrity}`);
  }
  await rename(part, path);
}

/** SHA-512 of a file. */
export async function sha512(path: string, encoding: 'base64' | 'hex' = 'base64'): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  return hash.digest(encoding);
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
