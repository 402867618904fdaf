import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ControlSummary } from './adapters/control-file.ts';
import type { EmbeddingSummary } from './adapters/embedding-summary.ts';
import type { AdapterKind } from './adapters/kind.ts';
import type { LoraMismatch } from './adapters/mismatch.ts';
import type { LoraSummary } from './adapters/summary.ts';
import type { UpscalerSummary } from './adapters/upscaler-summary.ts';
import type { VaeSummary } from './adapters/vae-summary.ts';
import type { NumberWindow } from './checkpoint/finite.ts';
import { inspectCheckpoint, type CheckpointSummary } from './checkpoint/inspect.ts';
import { NO_NOTES } from './checkpoint/notes.ts';
import { withRegularFile } from './checkpoint/regular-file.ts';
import { childModule } from './child-modules.ts';
import { NO_FILE, type Answer, type Look, type Looks } from './inspection.ts';

/**
 * Maximum duration of an inspection in milliseconds. Reading the largest header from a slow disk takes
 * seconds.
 */
const LONGEST_LOOK = 60_000;

/**
 * Maximum start time of the process in milliseconds. On a busy machine, loading its modules may take minutes.
 */
const LONGEST_START = 600_000;

/** Maximum heap of the process in megabytes. */
const MOST_MEMORY = 2048;

/** Milliseconds after which an idle process is ended. */
const IDLE = 10_000;

let child: ChildProcess | undefined;
/** Resolves when the process has loaded its modules. Time before that is not counted against a file. */
let started: Promise<unknown> = Promise.resolve();
let idle: NodeJS.Timeout | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Inspects a checkpoint; undefined if the file is missing. Files are inspected one at a time in a separate
 * process: whatever a header does to that process, this one survives, and the failure becomes the file's
 * problem.
 */
export function inspectModel(path: string): Promise<CheckpointSummary | undefined> {
  const failed = (problem: string) => ({
    family: null,
    missingFiles: [],
    sizeBytes: 0,
    problem,
    recommended: {},
    ...NO_NOTES,
  });
  return inTurn(async () => {
    // A file that cannot be opened is harmless. It is inspected here, because the other process may have
    // different permissions.
    if (!(await canBeOpened(path))) return inspectCheckpoint(path).catch(() => undefined);
    return lookAt('checkpoint', [path], failed);
  });
}

/** Inspects a LoRA file; undefined if it is missing or not a LoRA. */
export function inspectLoraFile(path: string): Promise<LoraSummary | undefined> {
  const failed = (problem: string) => ({
    family: null,
    sizeBytes: 0,
    tensors: 0,
    title: null,
    triggerWords: [],
    problem,
  });
  return inTurn(() => lookAt('lora', [path], failed));
}

/** Inspects an embedding; undefined if it is missing. */
export function inspectEmbeddingFile(path: string): Promise<EmbeddingSummary | undefined> {
  const failed = (problem: string) => ({ family: null, sizeBytes: 0, tables: [], problem });
  return inTurn(() => lookAt('embedding', [path], failed));
}
/** Inspects a VAE file; undefined if it is missing or not a VAE. */
export const inspectVaeFile = (path: string): Promise<VaeSummary | undefined> =>
  inTurn(() => lookAt('vae', [path], (problem) => ({ families: [], sizeBytes: 0, tensors: 0, problem })));

/**
 * Inspects a tiny decoder, using also its path relative to MODELS_DIR; undefined if it is missing or
 * something else.
 */
export function inspectTinyDecoderFile(path: string, file: string): Promise<VaeSummary | undefined> {
  const failed = (problem: string) =>
    ({ families: [], tiny: true, sizeBytes: 0, tensors: 0, problem }) as const;
  return inTurn(() => lookAt('tinyVae', [path, file], failed));
}

/** Inspects an upscaler file; undefined if it is missing or not an upscaler. */
export const inspectUpscalerFile = (path: string): Promise<UpscalerSummary | undefined> =>
  inTurn(() => lookAt('upscaler', [path], (problem) => ({ scale: null, sizeBytes: 0, tensors: 0, problem })));

/** The kind of adapter in a file; undefined if it is missing, unreadable or not an adapter. */
export const adapterKindOf = (path: string): Promise<AdapterKind | undefined> =>
  inTurn(() => lookAt('adapterKind', [path], () => undefined));

/** Where the tensors of a weight file lie; none if it is missing, unreadable or another kind of file. */
export const numbersIn = async (path: string): Promise<readonly NumberWindow[]> =>
  (await inTurn(() => lookAt('numbers', [path], () => undefined))) ?? [];

/** Inspects a ControlNet or T2I adapter; undefined if it is missing or something else. */
export function inspectControlFile(path: string): Promise<ControlSummary | undefined> {
  const failed = (problem: string) => ({ kind: null, family: null, sizeBytes: 0, tensors: 0, problem });
  return inTurn(() => lookAt('control', [path], failed));
}

/**
 * Why a control cannot be used with a checkpoint; empty if it can, undefined if one of the files is missing.
 */
export const controlMisfit = (path: string, checkpoint: string): Promise<string | undefined> =>
  inTurn(() => lookAt('controlMisfit', [path, checkpoint], (problem) => problem));

/** The parts of a LoRA file that do not fit a checkpoint; undefined if one of the files is missing. */
export function compareLoraFile(path: string, checkpoint: string): Promise<LoraMismatch | undefined> {
  const failed = (problem: string) => ({ ignored: [], misfits: [], problem });
  return inTurn(() => lookAt('mismatch', [path, checkpoint], failed));
}

function inTurn<Result>(look: () => Promise<Result>): Promise<Result> {
  const result = last.then(look);
  last = result.catch(() => undefined);
  return result;
}

async function lookAt<Kind extends keyof Looks>(
  kind: Kind,
  paths: readonly [string, ...string[]],
  failed: (problem: string) => Looks[Kind] | undefined,
): Promise<Looks[Kind] | undefined> {
  clearTimeout(idle);
  try {
    child ??= startChild();
    const answer = await answerOf(child, { kind, paths });
    rest(child);
    return answer === NO_FILE ? undefined : (answer.found as Looks[Kind] | undefined);
  } catch (error) {
    child?.kill('SIGKILL');
    child = undefined;
    return failed(`${basename(paths[0])}: cannot be used: ${(error as Error).message}`);
  }
}

const canBeOpened = (path: string): Promise<boolean> =>
  withRegularFile(path, () => Promise.resolve(true)).catch(() => false);

function startChild(): ChildProcess {
  const { path, execArgv } = childModule('inspection-child', import.meta.url);
  const process = fork(path, {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${MOST_MEMORY}`, ...execArgv],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  process.on('error', () => undefined); // callers that await an answer get the error
  started = once(process, 'message');
  started.catch(() => undefined); // likewise
  process.once('exit', () => {
    if (child === process) child = undefined;
  });
  return process;
}

/** Sends a request and waits for the answer. Rejects if the process exits or takes too long. */
async function answerOf(process: ChildProcess, look: Look): Promise<Answer> {
  process.ref();
  process.channel?.ref();
  const answered = new AbortController();
  const { signal } = answered;
  const failing = (event: Promise<unknown>, why: string) =>
    event.then(() => {
      throw new Error(why);
    });
  try {
    const ended = failing(once(process, 'exit', { signal }), 'reading its header crashed the process');
    ended.catch(() => undefined); // both races await it
    const late = (most: number, what: string) =>
      failing(delay(most, undefined, { signal }), `${what} took longer than ${most / 1000} s`);
    await Promise.race([started, ended, late(LONGEST_START, 'starting the inspection process')]);
    const answer = once(process, 'message', { signal });
    process.send(look);
    const [found] = (await Promise.race([answer, ended, late(LONGEST_LOOK, 'reading its header')])) as [
      Answer,
    ];
    return found;
  } finally {
    answered.abort();
  }
}

/** Lets the process wait for the next file without keeping this process alive, then ends it. */
function rest(process: ChildProcess): void {
  process.unref();
  process.channel?.unref();
  idle = setTimeout(() => {
    process.kill('SIGKILL');
    if (child === process) child = undefined;
  }, IDLE).unref();
}
