import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { Finding, SlowFinding } from './finding.ts';
import { checkAnswer } from './judge.ts';
import { PROBED, retainedBy } from './memory-probe.ts';

/** Milliseconds in which /health must answer, whatever else the server does. */
const HEALTHY = 1000;

/** Milliseconds in which an answer must come that is no stream. */
const ANSWERED = 20_000;

/** Milliseconds for which a stream is read. */
export const STREAM_TIME = 50;

/**
 * Resident bytes that a server may hold after a run beyond what it held before, and milliseconds in which it gives back the rest.
 * V8 and malloc keep up to 300 MiB for what may come; runs three times as long end with no more.
 */
const GROWTH = 512 * 2 ** 20;
const PATIENCE = 60_000;

/** Bytes that may be left of the second half of a run when all garbage is collected: caches have filled in the first one. */
const LEAK = 12 * 2 ** 20;

/** The server under test, in a process of its own: started again when it has died. */
export class Target {
  /** Where it keeps its data and finds its models. */
  readonly folder: string;
  #server: ServerProcess;
  #residentBefore = 0;
  /** What which server held in the middle of the run. */
  #noted: { readonly server: ServerProcess; readonly bytes: number } | undefined;

  private constructor(folder: string, server: ServerProcess) {
    this.folder = folder;
    this.#server = server;
  }

  /** Starts a server that finds these checkpoints beside its own. */
  static async start(checkpoints: readonly Buffer[]): Promise<Target> {
    const folder = await mkdtemp(join(tmpdir(), 'latentql-fuzz-'));
    const models = join(folder, 'models');
    await mkdir(models);
    await Promise.all(checkpoints.map((bytes, i) => writeFile(join(models, `fuzz-${i}.safetensors`), bytes)));
    return new Target(folder, await startIn(folder));
  }

  get url(): string {
    return this.#server.url;
  }

  /** Rejects with a Finding if the process has ended, or does not say in time that it lives. */
  async mustLive(): Promise<void> {
    const { exitCode, signalCode } = this.#server.process;
    if (exitCode !== null || signalCode !== null) {
      const last = this.#server.log.slice(-20).join('\n');
      this.#server = await startIn(this.folder);
      throw new Finding(`the server ended (${exitCode ?? signalCode}): ${last}`);
    }
    const start = performance.now();
    const answer = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(ANSWERED) }).catch(
      () => undefined,
    );
    const took = performance.now() - start;
    if (answer?.status !== 200) throw new Finding(`/health was answered with ${answer?.status ?? 'nothing'}`);
    if (took > HEALTHY) {
      throw new SlowFinding(`/health was answered after ${Math.round(took)} ms`);
    }
  }

  /** Sends a request, checks its answer and gives its text; a stream is left after a moment. */
  async request(path: string, init: RequestInit = {}): Promise<string> {
    const leave = new AbortController();
    const signal = AbortSignal.any([leave.signal, AbortSignal.timeout(ANSWERED)]);
    let response: Response;
    try {
      response = await fetch(`${this.url}${path}`, { redirect: 'manual', ...init, signal });
    } catch (error) {
      if (signal.aborted) throw new SlowFinding(`no answer within ${ANSWERED} ms`);
      await this.mustLive();
      if (isBrokenOff(error)) return ''; // it was refused before all of it was sent
      throw error;
    }
    const type = response.headers.get('content-type') ?? '';
    const isStream = /event-stream|multipart/.test(type);
    const text = isStream ? await beginningOf(response, leave) : await response.text();
    checkAnswer(response.status, type, text, this.folder);
    return text;
  }

  /** Notes how much memory the server holds, before a run. */
  async noteMemory(): Promise<void> {
    this.#residentBefore = await this.#resident();
  }

  /** Rejects with a Finding where the server does not give back what it took, or has failed at something. */
  async mustBeAsBefore(): Promise<{ before: number; after: number }> {
    const deadline = performance.now() + PATIENCE;
    const before = this.#residentBefore;
    for (;;) {
      const after = await this.#resident();
      if (after < before + GROWTH) return { before, after };
      if (performance.now() > deadline) {
        throw new Finding(`the server holds ${after} bytes, ${before} before`);
      }
      for (let i = 0; i < 200; i++) await this.request('/graphql?query={__typename}');
      await sleep(500);
    }
  }

  /** Notes what the server retains when all garbage is collected. */
  async noteRetained(): Promise<void> {
    this.#noted = { server: this.#server, bytes: await retainedBy(this.#server) };
  }

  /** What the server retains, beside what it did when that was noted; a new server has nothing yet. */
  async retained(): Promise<{ before: number; after: number; isLeak: boolean }> {
    const after = await retainedBy(this.#server);
    const before = this.#noted?.server === this.#server ? this.#noted.bytes : after;
    return { before, after, isLeak: after > before + LEAK };
  }

  /** Rejects with a Finding where a job ended as no input may end it, or the server logged an error. */
  async mustHaveFailedAtNothing(): Promise<void> {
    const query = '{ jobs(status: FAILED, first: 100) { nodes { error { code message } } } }';
    const text = await this.request(`/graphql?query=${encodeURIComponent(query)}`);
    const fault = /"(INTERNAL|DEVICE_FAILED|CHECKPOINT_INVALID)"[^}]*/.exec(text);
    if (fault) throw new Finding(`a job failed: ${fault[0]}`);
    const logged = this.#server.log.find((line) => /"level":[56]0/.test(line));
    if (logged !== undefined) throw new Finding(`the server logged ${logged}`);
  }

  async stop(): Promise<void> {
    await this.#server.end('SIGKILL');
    await rm(this.folder, { recursive: true });
  }

  async #resident(): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
  }
}

const startIn = (folder: string): Promise<ServerProcess> =>
  startServerProcess({
    DATA_DIR: join(folder, 'data'),
    MODELS_DIR: join(folder, 'models'),
    JOB_WORK_LIMIT: '1',
    LOG_LEVEL: 'error',
    ...PROBED,
  });

/** Whether a connection ended while something was being sent. */
const isBrokenOff = (error: unknown): boolean =>
  error instanceof TypeError && error.cause !== undefined && 'code' in (error.cause as object);

async function beginningOf(response: Response, leave: AbortController): Promise<string> {
  const timer = setTimeout(() => {
    leave.abort();
  }, STREAM_TIME);
  let text = '';
  try {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  } catch (error) {
    if (!leave.signal.aborted) throw error;
  }
  clearTimeout(timer);
  return text.slice(0, text.lastIndexOf('\n\n') + 1); // an event that was cut off does not count
}
