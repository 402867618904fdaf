import { DivergedError } from '../errors.ts';
import type { Vec } from '../float32/vec.ts';

/** What a network takes is of unit variance; a value of this size means that the run has diverged. */
const DIVERGED = 100;

/** Throws DivergedError if the values lie where no run that works comes. */
export function mustNotDiverge(values: Vec, what: string): void {
  const at = values.findIndex((value) => !(Math.abs(value) <= DIVERGED));
  if (at < 0) return;
  throw new DivergedError(
    `sampling diverged (${what} has ${values[at]!} at value ${at}): the cfg is too high for this sampler, or a prompt weight too large`,
  );
}
