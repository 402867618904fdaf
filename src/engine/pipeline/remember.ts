/**
 * Number of prompts whose states are kept per model. A state takes 231 KB in SD1.5, 631 KB in SDXL, 4 MB in
 * FLUX.
 */
const KEPT = 32;

/** A function that caches its latest results. */
export interface Remembering<Result> {
  (key: string): Promise<Result>;
  /** Whether the result for a key is cached. */
  readonly knows: (key: string) => boolean;
}

/** Caches the results of the most recent arguments. Failed calls are not cached. */
export function remember<Result>(compute: (key: string) => Promise<Result>): Remembering<Result> {
  const results = new Map<string, Promise<Result>>();
  const remembering = (key: string): Promise<Result> => {
    const result = results.get(key) ?? compute(key);
    results.delete(key); // now the most recently used
    results.set(key, result);
    result.catch(() => results.delete(key));
    const [oldest] = results.keys();
    if (results.size > KEPT && oldest !== undefined) results.delete(oldest);
    return result;
  };
  return Object.assign(remembering, { knows: (key: string) => results.has(key) });
}
