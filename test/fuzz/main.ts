import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { bytesOf, checkpoints, makeCheckpoint } from './checkpoints.ts';
import { documents } from './documents.ts';
import { Finding, SlowFinding } from './finding.ts';
import { forms } from './forms.ts';
import { frames } from './frames.ts';
import type { Kind } from './kind.ts';
import { pictures } from './pictures.ts';
import { requests } from './requests.ts';
import { Target } from './target.ts';
import { variables } from './variables.ts';

/**
 * `npm run fuzz -- --seconds 60 --seed 1`: inputs that nobody has thought of, for a started server and for the parsers. The
 * seed determines the inputs; each that is not answered as documented is shrunk and kept in `--out` as a file, which
 * `--case <file>` tries again. `--only documents,frames` leaves the other kinds out. Exits with 1 if there was a finding.
 */

const KINDS: ReadonlyMap<string, Kind<unknown>> = new Map(
  Object.entries({ documents, variables, forms, frames, requests, pictures, checkpoints }) as [
    string,
    Kind<unknown>,
  ][],
);

/** Milliseconds in which the smallest input is looked for that shows a finding. */
const SHRINKING = 10_000;

/** Halves of a run after which what still grows is a leak. */
const MOST_HALVES = 4;

/** Files with spoilt headers that the server finds when it starts. */
const INSTALLED = 60;

/** Findings after which it ends: more of a kind are mostly the same. */
const ENOUGH = 10;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    out: { type: 'string', default: 'out/fuzz' },
    only: { type: 'string' },
    case: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const chosen = values.only?.split(',') ?? [...KINDS.keys()];
if (!(seconds > 0) || !Number.isSafeInteger(seed) || !chosen.every((name) => KINDS.has(name))) {
  const expected = `--seconds <number> --seed <integer> --out <folder> --only <${[...KINDS.keys()].join(',')}>`;
  throw new Error(`expected ${expected} --case <file>, got ${process.argv.slice(2).join(' ')}`);
}

/** What has happened so far. */
const counts = new Map<string, number>();
const findings: string[] = [];

const installed = fc.sample(
  fc.gen().map((gen) => bytesOf(makeCheckpoint(gen))),
  { seed, numRuns: INSTALLED },
);
const target = await Target.start(installed);
try {
  if (values.case === undefined) await run();
  else {
    const { kind, input } = JSON.parse(await readFile(values.case, 'utf8')) as {
      kind: string;
      input: unknown;
    };
    await found(kind, input, () => tryOne(KINDS.get(kind)!, input));
  }
  await found('the run', {}, () => target.mustHaveFailedAtNothing());
} finally {
  await target.stop();
}
for (const [name, count] of counts) console.log(`${name.padEnd(18)}${String(count).padStart(7)}`);
console.log(findings.length === 0 ? 'no finding' : `${findings.length} findings, --seed ${seed}`);
if (findings.length > 0) process.exitCode = 1;

/** Rounds of every kind until the time is over. */
async function run(): Promise<void> {
  console.log(`${seconds} s, --seed ${seed}`);
  await found('the models', {}, () => patiently(mustListModels));
  await round(seed); // what is loaded once is no growth
  await target.noteMemory();
  const start = performance.now();
  let rounds = 0;
  const until = async (end: number) => {
    while (performance.now() < end && findings.length < ENOUGH) await round(seed + ++rounds, end);
  };
  await until(start + seconds * 500);
  await target.noteRetained();
  await round(seed + ++rounds); // all of one, however slow the machine is
  await until(start + seconds * 1000);
  await found('what is retained', {}, async () => {
    // A server warms up for longer on a slow machine; a leak grows however often it is measured.
    for (let halves = 2; !(await retainsNoMore(halves === MOST_HALVES)); halves++) {
      await target.noteRetained();
      await until(performance.now() + seconds * 500);
    }
  });
  await found('the memory', {}, async () => {
    const { before, after } = await target.mustBeAsBefore();
    console.log(
      `${'MiB before, after'.padEnd(18)}${`${mebibytes(before)}, ${mebibytes(after)}`.padStart(7)}`,
    );
  });
}

/** Whether the server has kept nothing of the last half of a run. Rejects with a Finding where it must not. */
async function retainsNoMore(isLast: boolean): Promise<boolean> {
  const { before, after, isLeak } = await target.retained();
  console.log(`${'MiB retained'.padEnd(18)}${`${mebibytes(before)}, ${mebibytes(after)}`.padStart(7)}`);
  if (isLeak && isLast) throw new Finding(`the server retains ${after} bytes, ${before} half a run before`);
  return !isLeak;
}

async function round(roundSeed: number, end = Infinity): Promise<void> {
  for (const name of chosen) {
    if (performance.now() > end || findings.length >= ENOUGH) return;
    const kind = KINDS.get(name)!;
    let failing: unknown;
    let failed = 0;
    const property = fc.asyncProperty(fc.gen(), async (gen) => {
      const input = kind.make(gen);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      try {
        await patiently(() => tryOne(kind, input));
      } catch (error) {
        failing = input;
        failed ||= performance.now();
        throw error;
      }
    });
    const result = await fc.check(property, {
      seed: roundSeed,
      numRuns: kind.runs,
      interruptAfterTimeLimit: SHRINKING + kind.runs * 1000,
      markInterruptAsFailure: false,
    });
    if (failing !== undefined) {
      const error = result.errorInstance;
      await keep(name, failing, error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
}

/** Does something again that took long, since the machine may have been busy. */
async function patiently(check: () => Promise<void>, times = 3): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!(error instanceof SlowFinding) || times === 1) throw error;
    await patiently(check, times - 1);
  }
}

/** Sends an input, with the server asked for its health at the same time and afterwards, and gives it to the parsers. */
async function tryOne(kind: Kind<unknown>, input: unknown): Promise<void> {
  if (kind.send) {
    const sent = kind.send(input, target);
    await Promise.allSettled([sent, target.mustLive()]).then((results) => {
      for (const one of results) if (one.status === 'rejected') throw one.reason as Error;
    });
    await target.mustLive();
  }
  await kind.parse?.(input);
}

/** Asks for the models, those with spoilt headers among them. */
async function mustListModels(): Promise<void> {
  const query =
    '{ models { name family installed missingFiles problem recommended { steps cfg width height } } }';
  const text = await target.request(`/graphql?query=${encodeURIComponent(query)}`);
  const { data } = JSON.parse(text) as { data?: { models: { problem: string | null }[] } };
  const told = data?.models.filter(({ problem }) => problem !== null).length ?? 0;
  if (told < INSTALLED / 2)
    throw new Error(`${told} of ${INSTALLED} files have a problem: ${text.slice(0, 2000)}`);
}

async function found(kind: string, input: unknown, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    await keep(kind, input, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

/** Prints a finding and writes it where it can be tried again. */
async function keep(kind: string, input: unknown, problem: string): Promise<void> {
  const path = join(values.out, `${kind.replaceAll(' ', '-')}-${seed}-${findings.length}.json`);
  await mkdir(values.out, { recursive: true });
  await writeFile(path, JSON.stringify({ kind, seed, problem, input }, null, 2));
  findings.push(path);
  console.error(`FINDING in ${kind}, kept as ${path}: ${problem.slice(0, 1500)}`);
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
