/** A refused request. */
export interface Refusal {
  readonly code: string;
  /** Path of the wrong argument, with dots. */
  readonly field?: string;
  /** Owner of the client's key, as a hash; '' without keys. */
  readonly owner?: string;
  /** Name of the client's key. */
  readonly key?: string;
  readonly mutation?: string;
  /** The client's IP address. */
  readonly address?: string;
  readonly reason: string;
}

/** Characters of a reason in the log, which may repeat a client's text. */
const LONGEST_REASON = 200;

/** Errors that were already logged, where more was known about them. */
const noted = new WeakSet<object>();

/** Marks an error as logged, among its extensions; symbols do not appear in answers. */
export const NOTED = Symbol('noted');

/** The extension NOTED of a logged error. */
export const notedExtension = (error: object): { [NOTED]?: true } =>
  noted.has(error) ? { [NOTED]: true } : {};

/** Counts refused requests and logs them as warnings; the log writes only a few per code and minute. */
export class Refusals {
  readonly #counts = new Map<string, number>();
  readonly #log: { warn(facts: object, message: string): void };

  constructor(log: { warn(facts: object, message: string): void }) {
    this.#log = log;
  }

  /** Refusals since the start, by code. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Counts and logs a refusal; `error` is the thrown error, which is not logged again when it is answered. */
  note(refusal: Refusal, error?: object): void {
    if (error) noted.add(error);
    const { code, reason } = refusal;
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
    this.#log.warn({ ...refusal, reason: reason.slice(0, LONGEST_REASON) }, 'request refused');
  }
}
