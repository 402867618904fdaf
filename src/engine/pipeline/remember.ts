/** Prompts whose states are kept per model; a state is 231 KB in SD1.5, 631 KB in SDXL, 4 MB in FLUX. */
const KEPT = 32;

/** A function that keeps its latest results. */
export interface Remembering<Result> {
  (key: string): Promise<Result>;
  /** Whether a call would compute nothing. */
  readonly knows: (key: string) => boolean;
}

/** Keeps the results of the latest different arguments; a call that failed is made again. */
export function remember<Result>(compute: (key: string) => Promise<Result>): Remembering<Result> {
  const results = new Map<string, Promise<Result>>();
  const remembering = (key: string): Promise<Result> => {
    const result = results.get(key) ?? compute(key);
    results.delete(key); // the last one in is the last one out
    results.set(key, result);
    result.catch(() => results.delete(key));
    const [oldest] = results.keys();
    if (results.size > KEPT && oldest !== undefined) results.delete(oldest);
    return result;
  };
  return Object.assign(remembering, { knows: (key: string) => results.has(key) });
}
