import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What could not be set up; the message says what to do. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

/** What a file must hash to. */
export interface Digest {
  readonly algorithm: 'sha512' | 'sha256';
  readonly encoding: 'base64' | 'hex';
  readonly value: string;
}

/** A file to be downloaded. */
export interface Download {
  readonly url: string;
  readonly path: string;
  /** undefined: as many as the server says. */
  readonly byteLength?: number | undefined;
  /** undefined: nobody knows. */
  readonly digest?: Digest | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What an answer that is no success means here; undefined: what it says. */
  readonly explain?: ((status: number) => string | undefined) | undefined;
  /** Called with the bytes that are there so far, and how many there will be. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes that a disk must have beyond the file. */
const SPARE = 64 * 2 ** 20;

/** A connection that broke off; what came is kept. */
class BrokenOff extends SetupError {}

/** Attempts that bring nothing after which a download is given up. */
const FRUITLESS = 3;

/**
 * Downloads a file and verifies it. What an earlier attempt left in `<path>.part` is gone on with, also where the connection
 * breaks off meanwhile; a file that is there and sound is not downloaded again. Throws SetupError.
 */
export async function download(file: Download): Promise<void> {
  const { path, url } = file;
  if (await isSound(path, file)) return;
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  for (let fruitless = 0; ;) {
    const before = await sizeOf(part);
    try {
      await fetchRest(file, part);
      break;
    } catch (error) {
      if (!(error instanceof BrokenOff) || file.signal?.aborted) throw error;
      fruitless = (await sizeOf(part)) > before ? 0 : fruitless + 1;
      if (fruitless === FRUITLESS) throw error;
    }
  }
  if (file.digest) {
    const { algorithm, encoding, value } = file.digest;
    const found = await hashOf(part, algorithm, encoding);
    if (found !== value) {
      await rm(part);
      const name = algorithm === 'sha512' ? 'SHA-512' : 'SHA-256';
      throw new SetupError(`${url} is not the file that was pinned: ${name} ${found}, expected ${value}`);
    }
  }
  await rename(part, path);
}

/** Whether a file is there, of the size and with the hash that it should have. */
async function isSound(path: string, { byteLength, digest }: Download): Promise<boolean> {
  const size = await sizeOf(path);
  if (size === 0 || (byteLength !== undefined && size !== byteLength)) return false;
  return !digest || (await hashOf(path, digest.algorithm, digest.encoding)) === digest.value;
}

/** Adds to `part` what is missing. Throws BrokenOff where the connection ended early. */
async function fetchRest(file: Download, part: string): Promise<void> {
  const { url, byteLength, onProgress, signal } = file;
  let from = await sizeOf(part);
  if (byteLength !== undefined && from > byteLength) from = 0;
  if (byteLength !== undefined && from === byteLength) return;
  const response = await request(file, from);
  if (response.status === 416 && byteLength === undefined) return; // it was complete
  if (response.status !== 206) from = 0; // the server starts again
  const total = totalOf(response, from, file);
  await mustHaveRoom(part, total - from);
  let bytes = from;
  const target = await open(part, from > 0 ? 'a' : 'w');
  try {
    for await (const chunk of response.body ?? []) {
      bytes += (chunk as Uint8Array).length;
      if (bytes > total) throw new SetupError(`${url} sends more than its ${total} bytes`);
      await target.writeFile(chunk); // a stream would drop what it holds when the next chunk does not come
      onProgress?.(bytes, total);
    }
    if (bytes < total) throw new Error('the connection ended early');
  } catch (error) {
    if (error instanceof SetupError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new SetupError(`the disk is full at ${bytes} of ${total} bytes of ${part}: make room and go on`);
    throw new BrokenOff(
      `${url} broke off at ${bytes} of ${total} bytes: ${signal?.aborted ? 'stopped' : messageOf(error)}; the next attempt goes on there`,
    );
  } finally {
    await target.close();
  }
}

async function request(
  { url, headers, byteLength, explain, signal }: Download,
  from: number,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, {
      headers: { ...headers, ...(from > 0 && { range: `bytes=${from}-` }) },
      ...(signal && { signal }),
    });
  } catch (error) {
    throw new BrokenOff(`${url} cannot be reached: ${messageOf(error)}`);
  }
  if (response.ok || (response.status === 416 && byteLength === undefined && from > 0)) return response;
  await response.body?.cancel();
  throw new SetupError(`${url} answered ${response.status}${explained(explain?.(response.status))}`);
}

const explained = (meaning: string | undefined): string => (meaning === undefined ? '' : `: ${meaning}`);

/** The size of the whole file. Throws SetupError where the server says another one than is expected, or none. */
function totalOf(response: Response, from: number, { url, byteLength }: Download): number {
  const length = response.headers.get('content-length');
  const isCoded = response.headers.has('content-encoding'); // then the length is that of the coded bytes
  const total = length === null || isCoded ? byteLength : from + Number(length);
  if (total === undefined) throw new SetupError(`${url} does not say how long it is`);
  if (byteLength === undefined || total === byteLength) return total;
  void response.body?.cancel();
  throw new SetupError(
    `${url} has ${total} bytes, expected ${byteLength}: it is another file, or an error page`,
  );
}

async function mustHaveRoom(part: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(part));
  const free = bavail * bsize;
  if (free >= needed + SPARE) return;
  throw new SetupError(
    `${dirname(part)} has ${free} bytes free, ${needed + SPARE} are needed: make room, or use another disk`,
  );
}

/** The hash of a file. */
export async function hashOf(
  path: string,
  algorithm: Digest['algorithm'],
  encoding: Digest['encoding'],
): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
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
