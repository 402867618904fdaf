/** What was refused. */
export interface Refusal {
  readonly code: string;
  /** Path of the argument at fault, with dots. */
  readonly field?: string;
  /** Whose key the client has, as a hash; '' without keys. */
  readonly owner?: string;
  /** Name of the client's key. */
  readonly key?: string;
  readonly mutation?: string;
  /** Where the client is. */
  readonly address?: string;
  readonly reason: string;
}

/** Characters of a reason in the log: it may repeat what a client sent. */
const LONGEST_REASON = 200;

/** Errors that were noted where more is known of them than when they are answered. */
const noted = new WeakSet<object>();

/** Among the extensions of an error: it has been noted. Answers have no symbols. */
export const NOTED = Symbol('noted');

/** The extension NOTED where an error has been noted. */
export const notedExtension = (error: object): { [NOTED]?: true } =>
  noted.has(error) ? { [NOTED]: true } : {};

/** Counts refused requests and logs them as warnings; the log writes only a few of a code each minute. */
export class Refusals {
  readonly #counts = new Map<string, number>();
  readonly #log: { warn(facts: object, message: string): void };

  constructor(log: { warn(facts: object, message: string): void }) {
    this.#log = log;
  }

  /** How many there were of each code, since the start. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Counts and logs a refusal; `error` is what was thrown, which is answered later and not noted then. */
  note(refusal: Refusal, error?: object): void {
    if (error) noted.add(error);
    const { code, reason } = refusal;
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
    this.#log.warn({ ...refusal, reason: reason.slice(0, LONGEST_REASON) }, 'request refused');
  }
}
