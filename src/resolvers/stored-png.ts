import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { pipeline, Readable, Transform } from 'node:stream';
import { pipeline as pipelined } from 'node:stream/promises';
import { endsAsPng, isPng } from '../images/settings/containers/png-chunks.ts';
import { isIntact } from '../storage/hash.ts';
import { LostObjectError, type ObjectStore, type StoredBytes } from '../storage/object-store.ts';

/** A stored picture in memory; undefined if it is missing. Throws LostObjectError for other bytes than were stored. */
export async function getIntact(
  sha256: string,
  objects: Pick<ObjectStore, 'get'>,
): Promise<Buffer | undefined> {
  const bytes = await objects.get(sha256);
  return bytes && intact(sha256, bytes);
}

/**
 * A stored PNG, read once and verified on the way; undefined if it is missing, `other` if it is no PNG. Throws LostObjectError
 * for damage that its beginning or end shows; any other ends the stream with that error before its last bytes.
 */
export async function openPng(
  sha256: string,
  objects: Pick<ObjectStore, 'get' | 'open'>,
): Promise<StoredBytes | 'other' | undefined> {
  const stored = await objects.open(sha256);
  if (!stored) return undefined;
  const { stream, byteSize, end } = stored;
  const beginning = await peek(stream);
  if (beginning && isPng(beginning) && beginning.length < byteSize) {
    const isSuspect = end !== undefined && !endsAsPng(end); // cut short, or with bytes behind the picture
    try {
      if (isSuspect) await verify(sha256, objects);
    } catch (error) {
      stream.destroy();
      throw error;
    }
    return { byteSize, stream: verified(sha256, stream) };
  }
  stream.destroy();
  if (!beginning || !isPng(beginning)) return 'other';
  const bytes = await intact(sha256, beginning);
  return { byteSize: bytes.length, stream: Readable.from(bytes, { objectMode: false }) };
}

/** Reads a stored picture in pieces. Throws LostObjectError unless it has its hash. */
async function verify(sha256: string, objects: Pick<ObjectStore, 'open'>): Promise<void> {
  const stored = await objects.open(sha256);
  const hash = createHash('sha256');
  if (stored) await pipelined(stored.stream, hash);
  if (hash.digest('hex') !== sha256) throw new LostObjectError(sha256, 'damaged');
}

async function intact(sha256: string, bytes: Buffer): Promise<Buffer> {
  if (await isIntact(sha256, bytes)) return bytes;
  throw new LostObjectError(sha256, 'damaged');
}

/** The beginning of a stream, which stays in it; null of an empty one. */
async function peek(stream: Readable): Promise<Buffer | null> {
  await once(stream, 'readable');
  const beginning = stream.read() as Buffer | null;
  if (beginning) stream.unshift(beginning);
  return beginning;
}

/** The stream, whose last piece follows only if all of it has the hash. */
function verified(sha256: string, stream: Readable): Readable {
  const hash = createHash('sha256');
  let last: Buffer | undefined;
  const check = new Transform({
    transform(piece: Buffer, _encoding, done) {
      hash.update(piece);
      const before = last;
      last = piece;
      done(null, before);
    },
    flush(done) {
      if (hash.digest('hex') === sha256) done(null, last);
      else done(new LostObjectError(sha256, 'damaged'));
    },
  });
  pipeline(stream, check, () => undefined); // its reader gets the error
  return check;
}
