import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../storage/replace-file.ts';

/** The last believed time, kept over restarts in a file `clock` of the data folder. */
export class ClockMark {
  readonly #file: string;

  constructor(dataDir: string) {
    this.#file = join(dataDir, 'clock');
  }

  /** Milliseconds since the epoch; undefined: none was written yet. */
  async read(): Promise<number | undefined> {
    const text = await readFile(this.#file, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      throw error;
    });
    const time = Date.parse(text.trim());
    return Number.isNaN(time) ? undefined : time;
  }

  /** For people to read: ISO 8601, UTC. */
  write(time: number): Promise<void> {
    return replaceFile(this.#file, `${new Date(time).toISOString()}\n`);
  }
}

/** Collaborators and settings of ClockGuard. */
export interface ClockGuardParts {
  readonly mark: ClockMark;
  /** Milliseconds for which a clock that was set forward must hold before it is believed. */
  readonly holding: number;
  readonly log: { warn(facts: object, message: string): void };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds since any moment, which setting the clock does not change. */
  readonly monotonic: () => number;
}

interface Reading {
  readonly now: number;
  readonly monotonic: number;
}

/** How far the clock may run from the time that has passed before it counts as set. */
const TOLERANCE = 3_600_000;

/** Tells a time that may be acted upon where the clock of the machine may be wrong, also at its start. */
export class ClockGuard {
  readonly #parts: ClockGuardParts;
  /** The last time that was believed. */
  #believed: Reading | undefined;
  /** Since when the clock has shown the time that is not believed yet. */
  #doubted: Reading | undefined;

  constructor(parts: ClockGuardParts) {
    this.#parts = parts;
  }

  /**
   * The time, milliseconds since the epoch. While a clock that was set forward by more than an hour has not held, it is the
   * believed time plus the time that has passed since.
   */
  async time(): Promise<number> {
    const { mark, holding, log } = this.#parts;
    const read: Reading = { now: this.#parts.now(), monotonic: this.#parts.monotonic() };
    this.#believed ??= { now: (await mark.read()) ?? read.now, monotonic: read.monotonic };
    const expected = at(this.#believed, read);
    const isAhead = read.now - expected > TOLERANCE;
    if (isAhead && !this.#hasHeld(read)) {
      const setBy = read.now - expected;
      if (!this.#doubted || read.now - at(this.#doubted, read) > TOLERANCE) {
        this.#doubted = read;
        log.warn(
          { setBy, holding },
          'the clock is ahead of the last known time; it is not trusted until it proves stable',
        );
      }
      await this.#keep(expected);
      return expected;
    }
    this.#doubted = undefined;
    this.#believed = read;
    await this.#keep(read.now);
    return read.now;
  }

  /** A full disk must not keep retention from making room. */
  async #keep(time: number): Promise<void> {
    await this.#parts.mark.write(time).catch((error: unknown) => {
      this.#parts.log.warn({ err: error }, 'the last known time could not be written');
    });
  }

  #hasHeld(read: Reading): boolean {
    const since = this.#doubted;
    if (!since || read.now - at(since, read) > TOLERANCE) return false;
    return read.monotonic - since.monotonic >= this.#parts.holding;
  }
}

/** What the clock of an earlier reading would show now. */
const at = (earlier: Reading, { monotonic }: Reading): number => earlier.now + monotonic - earlier.monotonic;
