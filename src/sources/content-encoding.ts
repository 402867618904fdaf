import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** An answer in an encoding that was not asked for and is not known. */
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

/** Encodings that an answer may have one upon another. */
const MAX_ENCODINGS = 2;

/**
 * The body without its content encoding (RFC 9110, 8.4): servers encode also what was asked for as it is. Throws
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
      `expected an answer as it is, or one of the encodings ${known}, got ${JSON.stringify(String(header).slice(0, 100))}`,
    );
  }
  let stream: Readable = body;
  for (const create of decoders) {
    // Who reads the end of the chain sees its errors.
    stream = pipeline(stream, create!(), () => undefined) as unknown as Readable;
  }
  return stream as AsyncIterable<Buffer>;
}
