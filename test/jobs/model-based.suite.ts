import fc from 'fast-check';
import { it } from 'vitest';
import { type Step, someStep } from './model-based/steps.ts';
import { type ModelledStorage, World } from './model-based/world.ts';

/** How much is tried. */
export interface ModelBasedOptions {
  /** Sequences of steps that have failed once; they are tried first. */
  readonly examples: readonly (readonly Step[])[];
  /** Milliseconds after which no further sequence is started. */
  readonly time: number;
}

/**
 * Whatever happens to a store in whatever order, it agrees with a plain list of jobs: every acknowledged job is known, ends
 * exactly once after three attempts at most, and starts in its turn. `SEED` repeats a run, `RUNS` says how many sequences.
 */
export function describeModelBased(
  name: string,
  createStorage: () => Promise<ModelledStorage>,
  { examples, time }: ModelBasedOptions,
): void {
  it(
    `${name} agrees with a list of jobs, whatever happens in whatever order`,
    async () => {
      const property = fc.asyncProperty(
        fc.array(someStep, { minLength: 5, maxLength: 60 }),
        async (steps) => {
          await World.run(await createStorage(), steps);
        },
      );
      const { SEED, RUNS } = process.env;
      await fc.assert(property, {
        examples: examples.map((steps) => [[...steps]]),
        numRuns: Number(RUNS ?? 10_000),
        interruptAfterTimeLimit: time,
        markInterruptAsFailure: false,
        ...(SEED !== undefined && { seed: Number(SEED) }),
      });
    },
    time + 120_000,
  );
}
