import { timingSafeEqual } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { keyFileOf, readKeyFile } from './key-file.ts';
import { digestOf, type Key, ownerOf, plainKey, whyRefused } from './key.ts';

/** Milliseconds between two looks at those who hold a key that may have ended. */
const LOOK = 500;

/** A key that was shown and is taken. */
export interface ShownKey extends Key {
  readonly owner: string;
}

/** Something that lasts only as long as its key is taken; without a key, as long as none is asked for. */
interface Hold {
  readonly hash: string | undefined;
  readonly end: () => void;
}

/**
 * The keys of API_KEYS, API_KEY_HASHES and `keys.json`, which is read again when it changes. Once there was a key, keys are
 * asked for until the process ends, also when the last one is revoked.
 */
export class KeyRing {
  readonly #file: string;
  readonly #log: Pick<Logger, 'info' | 'error'>;
  readonly #now: () => number;
  readonly #given: readonly Key[];
  readonly #holds = new Set<Hold>();
  readonly #timer: NodeJS.Timeout;
  #stored: readonly Key[] = [];
  #version = '';
  #areAsked: boolean;

  /** Throws ConfigError where `keys.json` cannot be read. */
  constructor(
    config: Pick<Config, 'apiKeys' | 'apiKeyHashes' | 'dataDir'>,
    log: Pick<Logger, 'info' | 'error'>,
    now: () => number = Date.now,
  ) {
    this.#file = keyFileOf(config.dataDir);
    this.#log = log;
    this.#now = now;
    this.#given = [...config.apiKeys.map(plainKey), ...config.apiKeyHashes];
    this.#areAsked = this.#given.length > 0;
    this.#take(versionOf(this.#file));
    this.#timer = setInterval(() => {
      this.#endHolds();
    }, LOOK).unref();
  }

  /** Whether a key is asked for. */
  get areAsked(): boolean {
    this.#refresh();
    return this.#areAsked;
  }

  /** The key that was shown, or why it is not taken. Every known key is compared in full, whichever it is. */
  find(shown: string): ShownKey | 'unknown' | 'revoked' | 'expired' {
    this.#refresh();
    const digest = digestOf(shown);
    const matches = this.#all().filter(({ hash }) => timingSafeEqual(Buffer.from(hash, 'hex'), digest));
    const refusals = matches.map((key) => whyRefused(key, this.#now()));
    if (refusals.includes('revoked')) return 'revoked';
    const key = matches[refusals.indexOf(undefined)];
    if (key) return { ...key, owner: key.owner ?? ownerOf(shown) };
    return refusals[0] ?? 'unknown';
  }

  /** Calls `end` once when this key (undefined: none) is no longer taken, unless the returned function was called before. */
  hold(hash: string | undefined, end: () => void): () => void {
    const hold = { hash, end };
    this.#holds.add(hold);
    return () => {
      this.#holds.delete(hold);
    };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #all(): readonly Key[] {
    return [...this.#given, ...this.#stored];
  }

  #isTaken(hash: string | undefined): boolean {
    if (hash === undefined) return !this.#areAsked;
    const refusals = this.#all()
      .filter((key) => key.hash === hash)
      .map((key) => whyRefused(key, this.#now()));
    return !refusals.includes('revoked') && refusals.includes(undefined);
  }

  #endHolds(): void {
    this.#refresh();
    for (const hold of this.#holds) {
      if (this.#isTaken(hold.hash)) continue;
      this.#holds.delete(hold);
      hold.end();
    }
  }

  /** A file that cannot be read changes nothing: the keys that were known go on. */
  #refresh(): void {
    const version = versionOf(this.#file);
    if (version === this.#version) return;
    try {
      this.#take(version);
      this.#log.info({ keys: this.#stored.length }, 'keys.json reloaded');
    } catch (error) {
      this.#version = version;
      this.#log.error({ err: error }, 'keys.json cannot be read; the keys read before stay valid');
    }
  }

  #take(version: string): void {
    this.#stored = readKeyFile(this.#file) ?? [];
    this.#version = version;
    this.#areAsked ||= this.#stored.length > 0;
  }
}

/** Changes whenever a file is replaced or written; '' if it is missing. */
function versionOf(file: string): string {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found ? [found.ino, found.size, found.mtimeNs].join(' ') : '';
}
