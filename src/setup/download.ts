import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';

/** A download or setup failed; the message says what to do. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

/** The expected hash of a file. */
export interface Digest {
  readonly algorithm: 'sha512' | 'sha256';
  readonly encoding: 'base64' | 'hex';
  readonly value: string;
}

/** A file to be downloaded. */
export interface Download {
  readonly url: string;
  readonly path: string;
  /** undefined: as the server states. */
  readonly byteLength?: number | undefined;
  /** undefined: unknown. */
  readonly digest?: Digest | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The meaning of a status other than success; undefined if there is nothing to add. */
  readonly explain?: ((status: number) => string | undefined) | undefined;
  /** Connections at a time for a large file, whose server must support ranges; 1 by default. */
  readonly connections?: number | undefined;
  /** Milliseconds before the attempt after one that received nothing; 1000 by default. */
  readonly pause?: number | undefined;
  /** Called with the downloaded bytes and the total. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Free bytes that must remain besides the file. */
const SPARE = 64 * 2 ** 20;

/** A broken connection or a busy server; received bytes are kept. */
class BrokenOff extends SetupError {}

/** Consecutive attempts without any bytes after which a download fails. */
const FRUITLESS = 3;

/**
 * Downloads and verifies a file. Resumes from `<path>.part`, also after a broken connection; a file that exists and is sound is
 * not downloaded again. Throws SetupError.
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
      const size = await sizeOf(part);
      fruitless = size > before ? 0 : fruitless + 1;
      if (!(error instanceof BrokenOff) || file.signal?.aborted || fruitless === FRUITLESS) {
        if (size === 0) await rm(part, { force: true });
        throw error;
      }
      if (fruitless > 0) await pause(file);
    }
  }
  if (file.digest) {
    const { algorithm, encoding, value } = file.digest;
    const found = await hashOf(part, algorithm, encoding);
    if (found !== value) {
      await rm(part);
      const name = algorithm === 'sha512' ? 'SHA-512' : 'SHA-256';
      throw new SetupError(`${url} has unexpected content: ${name} ${found}, expected ${value}`);
    }
  }
  await rename(part, path);
}

/** Whether a file exists with the expected size and hash. */
async function isSound(path: string, { byteLength, digest }: Download): Promise<boolean> {
  const size = await sizeOf(path);
  if (size === 0 || (byteLength !== undefined && size !== byteLength)) return false;
  return !digest || (await hashOf(path, digest.algorithm, digest.encoding)) === digest.value;
}

/** Appends the missing bytes to `part`. Throws BrokenOff if the connection ends early. */
async function fetchRest(file: Download, part: string): Promise<void> {
  const { url, byteLength, onProgress, signal, connections = 1 } = file;
  let from = await sizeOf(part);
  if (byteLength !== undefined && from > byteLength) from = 0;
  if (byteLength !== undefined && from === byteLength) return;
  if (byteLength !== undefined && connections > 1 && byteLength - from > PIECE) {
    if (await fetchPieces({ ...file, byteLength, connections }, part, from)) return;
    from = await sizeOf(part);
  }
  const response = await request(file, from);
  if (response.status === 416 && byteLength === undefined) return; // it was complete
  if (response.status !== 206) from = 0; // the server sends it from the beginning
  const total = totalOf(response, from, file);
  await mustHaveRoom(part, total - from);
  let bytes = from;
  const target = await open(part, from > 0 ? 'a' : 'w');
  try {
    for await (const chunk of response.body ?? []) {
      bytes += (chunk as Uint8Array).length;
      if (bytes > total) throw new SetupError(`${url} sends more than its ${total} bytes`);
      await target.writeFile(chunk); // a stream would drop its buffer if the connection breaks
      onProgress?.(bytes, total);
    }
    if (bytes < total) throw new Error('the connection ended early');
  } catch (error) {
    if (error instanceof SetupError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw diskFull(part, bytes, total);
    throw new BrokenOff(
      `${url} broke off at ${bytes} of ${total} bytes: ${signal?.aborted ? 'stopped' : messageOf(error)}; the next attempt resumes there`,
    );
  } finally {
    await target.close();
  }
}

/** Bytes per request with several connections; kept in memory until the earlier ones are written. */
const PIECE = 16 * 2 ** 20;

/**
 * Appends the missing bytes to `part` by parallel requests, written in order, so that it remains the beginning of the file. False
 * if the server does not send ranges. Throws BrokenOff for an incomplete piece.
 */
async function fetchPieces(
  file: Download & { readonly byteLength: number; readonly connections: number },
  part: string,
  from: number,
): Promise<boolean> {
  const { byteLength, connections, onProgress } = file;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(file.signal ? [file.signal] : [])]);
  await mustHaveRoom(part, byteLength - from);
  const target = await open(part, from > 0 ? 'r+' : 'w');
  const coming: Promise<Piece | undefined>[] = [];
  const request = (start: number) => {
    const piece = fetchPiece({ ...file, signal }, start, Math.min(start + PIECE, byteLength));
    piece.catch(() => undefined); // its consumer gets the error
    coming.push(piece);
  };
  let bytes = from;
  try {
    for (let asked = from; bytes < byteLength;) {
      for (; coming.length < connections && asked < byteLength; asked += PIECE) request(asked);
      const piece = await coming.shift()!;
      if (!piece) return false;
      await target.write(piece.bytes, 0, piece.bytes.length, bytes);
      bytes += piece.bytes.length;
      onProgress?.(bytes, byteLength);
      if (piece.broken) throw piece.broken;
    }
    return true;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull(part, bytes, byteLength) : error;
  } finally {
    stop.abort();
    await Promise.allSettled(coming);
    await target.close();
  }
}

/** The received bytes of a piece; `broken` is set if it is incomplete. */
interface Piece {
  readonly bytes: Buffer;
  readonly broken?: BrokenOff;
}

/** The bytes from `start` to before `end`; undefined if the server answers with anything else than this range of the right file. */
async function fetchPiece(
  file: Download & { readonly byteLength: number },
  start: number,
  end: number,
): Promise<Piece | undefined> {
  const response = await request(file, start, end);
  const range = `bytes ${start}-${end - 1}/${file.byteLength}`;
  if (response.status !== 206 || response.headers.get('content-range') !== range) {
    await response.body?.cancel();
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  let cause: unknown;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (start + length > end)
        throw new SetupError(`${file.url} sends more than the ${end - start} bytes that were asked for`);
      chunks.push(chunk);
    }
    if (start + length < end) cause = new Error('the connection ended early');
  } catch (error) {
    if (error instanceof SetupError) throw error;
    cause = error;
  }
  const bytes = Buffer.concat(chunks);
  if (cause === undefined) return { bytes };
  const why = file.signal?.aborted ? 'stopped' : messageOf(cause);
  const place = `${start + length} of ${file.byteLength} bytes`;
  return {
    bytes,
    broken: new BrokenOff(`${file.url} broke off at ${place}: ${why}; the next attempt resumes there`),
  };
}

async function request(
  { url, headers, byteLength, explain, signal }: Download,
  from: number,
  end?: number,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, {
      headers: {
        ...headers,
        ...((from > 0 || end !== undefined) && {
          range: `bytes=${from}-${end === undefined ? '' : end - 1}`,
        }),
      },
      ...(signal && { signal }),
    });
  } catch (error) {
    throw new BrokenOff(`${url} cannot be reached: ${messageOf(error)}`);
  }
  const { status } = response;
  const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false; // such as a login page with status 200
  if (!isPage && (response.ok || (status === 416 && byteLength === undefined && from > 0))) return response;
  await response.body?.cancel();
  const meaning = explain?.(status);
  const said = `${url} answered ${status}${response.ok ? ' with a web page' : ''}${meaning === undefined ? '' : `: ${meaning}`}`;
  throw isBusy(status) ? new BrokenOff(said) : new SetupError(said);
}

/** Statuses of temporary failures. */
const isBusy = (status: number): boolean => status === 408 || status === 429 || status >= 500;

const diskFull = (part: string, bytes: number, total: number): SetupError =>
  new SetupError(`the disk is full at ${bytes} of ${total} bytes of ${part}: make room and try again`);

/** Waits; ends early if the download is stopped. */
const pause = ({ signal, pause: time = 1000 }: Download): Promise<void> =>
  setTimeout(time, undefined, { ...(signal && { signal }) }).catch(() => undefined);

/** The size of the whole file. Throws SetupError if the server states none, or not the expected one. */
function totalOf(response: Response, from: number, { url, byteLength }: Download): number {
  const length = response.headers.get('content-length');
  const isCoded = response.headers.has('content-encoding'); // then the length is that of the encoded bytes
  const total = length === null || isCoded ? byteLength : from + Number(length);
  if (total === undefined) throw new SetupError(`${url} does not state its length`);
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
