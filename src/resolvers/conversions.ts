import { Readable } from 'node:stream';
import { Gate } from '../images/decoding.ts';
import { transcode, type TranscodeOptions } from '../images/transcode.ts';
import { BusyError } from '../sources/byte-budget.ts';
import type { DiskCache } from '../storage/disk-cache.ts';
import type { StoredBytes } from '../storage/object-store.ts';

/** Conversions of stored pictures that are made at once. */
export const MAX_CONVERSIONS = 1;

/** Conversions running or waiting; beyond this number clients are asked to try again later. */
export const MAX_WAITING_CONVERSIONS = 64;

/** Bytes of conversions that are kept on disk. */
export const CONVERSION_CACHE_BYTES = 2 ** 30;

/** Qualities are made in steps of so many, so that a picture has few conversions. */
const QUALITY_STEP = 10;

/** A conversion under way and how many wait for it. */
interface Making {
  readonly bytes: Promise<Buffer | undefined>;
  readonly stop: AbortController;
  waiting: number;
}

/** Makes each conversion once at a time, few at once, keeps them, and gives up what nobody waits for any more. */
export class Conversions {
  readonly #cache: DiskCache;
  readonly #making = new Map<string, Making>();
  readonly #gate = new Gate(MAX_CONVERSIONS);

  constructor(cache: DiskCache) {
    this.#cache = cache;
  }

  /**
   * The picture in another format; undefined if `load` has none. Throws InputError where the format cannot hold it, BusyError
   * if too many wait; rejects with the signal's reason when its client left.
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
      throw new BusyError(
        `The server has ${MAX_WAITING_CONVERSIONS} pictures to convert, which is its limit`,
      );
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
