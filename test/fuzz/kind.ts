import fc, { type GeneratorValue } from 'fast-check';
import { Finding, SlowFinding } from './finding.ts';
import type { Target } from './target.ts';

/** Draws values of fast-check's arbitraries, which it then shrinks: `gen(fc.nat, 5)`. */
export type Gen = GeneratorValue;

/** One of some values. */
export const oneOf = <Value>(gen: Gen, ...values: readonly Value[]): Value =>
  values[gen(fc.nat, values.length - 1)]!;

/** A kind of input. A case is plain JSON, so that it can be kept and sent again. */
export interface Kind<Case> {
  /** Cases in one round. */
  readonly runs: number;
  readonly make: (gen: Gen) => Case;
  /** Sends a case to a server. Rejects with a Finding where it is not answered as documented. */
  readonly send?: (input: Case, target: Target) => Promise<void>;
  /** Gives a case to the parsers alone. Rejects with a Finding where one does not end as documented. */
  readonly parse?: (input: Case) => Promise<void>;
}

/** Processor time, in milliseconds, that a parser may take for one case. */
const PATIENCE = 4000;

/** Runs a parser, which may throw what `isExpected` and must end soon. */
export async function parsesSoon(
  name: string,
  parse: () => Promise<unknown>,
  isExpected: (error: unknown) => boolean,
): Promise<void> {
  const start = process.cpuUsage();
  try {
    await parse();
  } catch (error) {
    if (!isExpected(error)) {
      throw new Finding(
        `${name} threw ${error instanceof Error ? (error.stack ?? error.name) : String(error)}`,
      );
    }
  }
  const { user, system } = process.cpuUsage(start);
  const milliseconds = (user + system) / 1000;
  if (milliseconds > PATIENCE) throw new SlowFinding(`${name} took ${milliseconds} ms of processor time`);
}
