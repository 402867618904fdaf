import { Duplex, pipeline, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

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
  ['deflate', inflate],
  ['br', createBrotliDecompress],
]);

/** Names of no encoding; "none" is an error that some servers make and all browsers forgive. */
const NO_ENCODING = new Set(['', 'identity', 'none']);

/** Encodings that may be applied to an answer one after another. */
const MAX_ENCODINGS = 2;

/** Some servers leave out the header of zlib that "deflate" should have (RFC 9110, 8.4.1.2), and browsers take both. */
function inflate(): NodeJS.ReadWriteStream {
  return Duplex.from(async function* (body: AsyncIterable<Buffer>) {
    const rest = body[Symbol.asyncIterator]();
    let first = Buffer.alloc(0);
    while (first.length < 2) {
      const next = await rest.next();
      if (next.done === true) break;
      first = Buffer.concat([first, next.value]);
    }
    const all = async function* () {
      yield first;
      yield* { [Symbol.asyncIterator]: () => rest };
    };
    const hasHeader = first.length >= 2 && (first[0]! & 15) === 8 && first.readUInt16BE() % 31 === 0;
    yield* pipeline(Readable.from(all()), hasHeader ? createInflate() : createInflateRaw(), () => undefined);
  });
}

/**
 * The body without its content encoding (RFC 9110, 8.4): some servers encode although the request asks for `identity`. Throws
 * UnknownEncodingError.
 */
export function withoutEncoding(body: Readable, header: string | string[] = ''): AsyncIterable<Buffer> {
  const encodings = String(header)
    .toLowerCase()
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => !NO_ENCODING.has(encoding));
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
