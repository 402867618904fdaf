import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** An answer in an unknown content encoding. */
export class UnknownEncodingError extends Error {
  override readonly name = 'UnknownEncodingError';
}

const DECODERS: ReadonlyMap<string, () => NodeJS.ReadWriteStream> = new Map<
  string,
  () => NodeJS.ReadWriteStream
>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/** Encodings that may be applied to an answer one after another. */
const MAX_ENCODINGS = 2;

/**
 * The body without its content encoding (RFC 9110, 8.4): some servers encode although the request asks for `identity`. Throws
 * UnknownEncodingError.
 */
export function withoutEncoding(body: Readable, header: string | string[] = ''): AsyncIterable<Buffer> {
  const encodings = String(header)
    .toLowerCase()
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== '' && encoding !== 'identity');
  const decoders = encodings.reverse().map((encoding) => DECODERS.get(encoding));
  if (decoders.length > MAX_ENCODINGS || decoders.includes(undefined)) {
    const known = [...DECODERS.keys()].join(', ');
    throw new UnknownEncodingError(
      `expected no content encoding, or ${known}, got ${JSON.stringify(String(header).slice(0, 100))}`,
    );
  }
  let stream: Readable = body;
  for (const create of decoders) {
    // The reader of the last stream receives its errors.
    stream = pipeline(stream, create!(), () => undefined) as unknown as Readable;
  }
  return stream as AsyncIterable<Buffer>;
}
