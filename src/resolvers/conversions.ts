import { Readable } from 'node:stream';
import { Gate } from '../images/decoding.ts';
import { transcode, type TranscodeOptions } from '../images/transcode.ts';
import { BusyError } from '../sources/byte-budget.ts';
import type { DiskCache } from '../storage/disk-cache.ts';
import type { StoredBytes } from '../storage/object-store.ts';

/** Conversions of stored pictures that run at a time. */
export const MAX_CONVERSIONS = 1;

/** Conversions running or waiting; beyond this number clients are asked to try again later. */
export const MAX_WAITING_CONVERSIONS = 64;

/** Bytes of the conversion cache on disk. */
export const CONVERSION_CACHE_BYTES = 2 ** 30;

/** Qualities are rounded to multiples of this, so that a picture has few conversions. */
const QUALITY_STEP = 10;

/** A running conversion and the number of its waiters. */
interface Making {
  readonly bytes: Promise<Buffer | undefined>;
  readonly stop: AbortController;
  waiting: number;
}

/** Deduplicates, limits and caches conversions, and aborts those without waiters. */
export class Conversions {
  readonly #cache: DiskCache;
  readonly #making = new Map<string, Making>();
  readonly #gate = new Gate(MAX_CONVERSIONS);

  constructor(cache: DiskCache) {
    this.#cache = cache;
  }

  /**
   * The picture in another format; undefined if `load` returns none. Throws InputError if the format cannot hold it, BusyError if
   * too many are waiting; rejects with the signal's reason when the client disconnects.
   */
  async convert(
    sha256: string,
    options: TranscodeOptions,
    load: () => Promise<Buffer | undefined>,
    signal?: AbortSignal,
  ): Promise<StoredBytes | undefined> {
    const quality = options.quality && Math.ceil(options.quality / QUALITY_STEP) * QUALITY_STEP;
    const size = options.size === undefined ? '' : `-${options.size}`;
    const name = `${sha256}-${quality ?? 'default'}${size}.${options.format.toLowerCase()}`;
    const kept = await this.#cache.open(name);
    if (kept) return kept;
    signal?.throwIfAborted();
    const making = this.#making.get(name) ?? this.#begin(name, { ...options, quality }, load);
    making.waiting++;
    const leave = () => {
      making.waiting--;
      if (making.waiting === 0) making.stop.abort(signal?.reason);
    };
    signal?.addEventListener('abort', leave, { once: true });
    try {
      const bytes = await making.bytes;
      if (!bytes) return undefined;
      return (await this.#cache.open(name)) ?? { byteSize: bytes.length, stream: Readable.from([bytes]) };
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  #begin(name: string, options: TranscodeOptions, load: () => Promise<Buffer | undefined>): Making {
    if (this.#making.size >= MAX_WAITING_CONVERSIONS) {
      throw new BusyError(`The server is converting ${MAX_WAITING_CONVERSIONS} pictures, which is its limit`);
    }
    const stop = new AbortController();
    const bytes = this.#gate.run(async () => {
      const stored = await load();
      const converted = stored && (await transcode(stored, options, stop.signal));
      if (converted) await this.#cache.put(name, converted);
      return converted;
    }, stop.signal);
    const making = { bytes, stop, waiting: 0 };
    this.#making.set(name, making);
    const end = () => this.#making.delete(name);
    stop.signal.addEventListener('abort', end, { once: true }); // later callers start over
    bytes.then(end, end);
    return making;
  }
}
