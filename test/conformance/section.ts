import type { Device } from '../../src/engine/runtime/device.ts';

/** The result of one section of a golden folder, as `--json` prints it. */
export interface SectionResult {
  cases: number;
  failed: number;
  /** Largest error over its tolerance among all cases; above 1 is a failure. */
  worst: number;
  failures: string[];
  /** Cases that could not be run for want of something that is not part of the folder; they count nowhere else. */
  skipped: number;
  /** What they wanted. */
  wanted: Set<string>;
  /** Why a failed case is off, where that is known; not part of the JSON. */
  causes: Map<string, string>;
}

/** Runs every case of one section of a golden folder. Rejects only if the section cannot be read at all. */
export type Section = (folder: string, options: SectionOptions) => Promise<SectionResult>;

export interface SectionOptions {
  /** What networks run on; the CPU if absent. */
  readonly device?: Device;
  /** The golden folder with the checkpoints and constants that later vectors build on; see docs/conformance.md. */
  readonly golden?: string;
  /** T5's `tokenizer.json`; without it T5's tokens are not compared, and FLUX runs take those that the folder records. */
  readonly t5Tokenizer?: string;
  /** Which cases are run; all if absent. */
  readonly takes?: (id: string) => boolean;
  /** Called for each case when it is decided. */
  readonly onCase?: (id: string, error: number, tolerance: number) => void;
}

/** What a case without T5's tokens wants. */
export const T5_WANTED = "T5's tokenizer.json (--t5-tokenizer)";

/** Collects case errors into a SectionResult. An error that is NaN fails. */
export class Tally {
  readonly result: SectionResult = {
    cases: 0,
    failed: 0,
    worst: 0,
    failures: [],
    skipped: 0,
    wanted: new Set(),
    causes: new Map(),
  };
  readonly #options: SectionOptions;

  constructor(options: SectionOptions = {}) {
    this.#options = options;
  }

  /** Whether a case is to be run. */
  takes(id: string): boolean {
    return this.#options.takes?.(id) ?? true;
  }

  /** Counts one case with its error and tolerance in the same unit; a zero tolerance means exact. */
  add(id: string, error: number, tolerance: number, cause?: string): void {
    const result = this.result;
    const ratio = error === 0 ? 0 : tolerance > 0 ? error / tolerance : Infinity;
    result.cases++;
    if (!(ratio <= 1)) {
      result.failed++;
      result.failures.push(id);
      result.causes.set(id, cause ?? `is off by ${ratio.toFixed(2)} of its tolerance`);
    }
    if (!(ratio <= result.worst)) result.worst = ratio;
    this.#options.onCase?.(id, error, tolerance);
  }

  /** Notes a case that cannot be run for want of something. */
  skip(wanted: string): void {
    this.result.skipped++;
    this.result.wanted.add(wanted);
  }

  /** Counts a case that is still to be computed; if that throws, the case has failed, and the others go on. */
  async check(id: string, tolerance: number, compute: () => number | Promise<number>): Promise<void> {
    if (!this.takes(id)) return;
    try {
      this.add(id, await compute(), tolerance);
    } catch (failure) {
      this.add(id, Infinity, tolerance, String(failure));
    }
  }
}

/** max|a-b| / max|b| (max|a-b| when b is all zero); Infinity on a length mismatch, NaN if either has one. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < b.length; i++) {
    const d = Math.abs(a[i]! - b[i]!);
    if (!(d <= difference)) difference = d;
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return scale > 0 ? difference / scale : difference;
}
