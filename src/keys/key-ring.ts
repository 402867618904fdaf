import { timingSafeEqual } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { keyFileOf, readKeyFile } from './key-file.ts';
import { digestOf, type Key, ownerOf, plainKey, whyRefused } from './key.ts';

/** Milliseconds between two checks whether a held key is still valid. */
const LOOK = 500;

/** A key that a client sent and that is valid. */
export interface ShownKey extends Key {
  readonly owner: string;
}

/** The keys of the settings. */
const givenKeys = ({ apiKeys, apiKeyHashes }: Pick<Config, 'apiKeys' | 'apiKeyHashes'>): readonly Key[] => [
  ...apiKeys.map(plainKey),
  ...apiKeyHashes,
];

/** The keys of the settings and of `keys.json`, ended ones included. Throws ConfigError where the file cannot be read. */
export const knownKeys = (config: Pick<Config, 'apiKeys' | 'apiKeyHashes' | 'dataDir'>): readonly Key[] => [
  ...givenKeys(config),
  ...(readKeyFile(keyFileOf(config.dataDir)) ?? []),
];

/** A connection that ends with its key; without a key, as soon as one is required. */
interface Hold {
  readonly hash: string | undefined;
  readonly end: () => void;
}

/**
 * The keys of API_KEYS, API_KEY_HASHES and `keys.json`, which is read again when it changes. Once there was a key, one is
 * required until the process ends; a revoked or expired key in `keys.json` counts after a restart, too.
 */
export class KeyRing {
  readonly #file: string;
  readonly #log: Pick<Logger, 'info' | 'warn' | 'error'>;
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
    log: Pick<Logger, 'info' | 'warn' | 'error'>,
    now: () => number = Date.now,
  ) {
    this.#file = keyFileOf(config.dataDir);
    this.#log = log;
    this.#now = now;
    this.#given = givenKeys(config);
    this.#areAsked = this.#given.length > 0;
    this.#take(versionOf(this.#file));
    this.#timer = setInterval(() => {
      this.#endHolds();
    }, LOOK).unref();
  }

  /** Whether a key is required. */
  get areAsked(): boolean {
    this.#refresh();
    return this.#areAsked;
  }

  /** The key that was sent, or why it is refused. Every known key is compared in full, so that the time tells nothing. */
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

  /** Calls `end` once when this key (undefined: none) is no longer valid, unless the returned function was called before. */
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

  /** A file that cannot be read changes nothing: the keys that were read before stay valid. */
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
    const isNoneValid = this.#all().every((key) => whyRefused(key, this.#now()) !== undefined);
    if (this.#areAsked && isNoneValid)
      this.#log.warn({}, 'no API key is valid: every request that requires one is refused');
  }
}

/** Changes whenever a file is replaced or written; '' if it is missing. */
function versionOf(file: string): string {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found ? [found.ino, found.size, found.mtimeNs].join(' ') : '';
}
