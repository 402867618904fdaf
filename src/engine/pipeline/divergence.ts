import { DivergedError } from '../errors.ts';
import type { Vec } from '../float32/vec.ts';

/** Network inputs have unit variance; a value above this size means that the run has diverged. */
const DIVERGED = 100;

/** Throws DivergedError if a value is NaN or implausibly large. */
export function mustNotDiverge(values: Vec, what: string): void {
  const at = values.findIndex((value) => !(Math.abs(value) <= DIVERGED));
  if (at < 0) return;
  throw new DivergedError(
    `sampling diverged (value ${at} of ${what} is ${values[at]!}): the cfg is too high for this sampler, or a prompt weight is too large`,
  );
}
