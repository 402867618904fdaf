import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { JobDocument, JobsDocument } from '../client/generated/graphql.ts';
import { ask } from '../client/request.ts';
import { spawnServer, type StartingServer } from '../server-process.ts';
import { Ledger, type Submission } from './ledger.ts';
import { Life, type Moment } from './life.ts';

/** When the server is killed in a round: so many milliseconds after the first of these moments. */
const KILLS: readonly { readonly after: Moment; readonly within: number }[] = [
  { after: 'start', within: 1500 },
  { after: 'request sent', within: 12 },
  { after: 'job acknowledged', within: 5 },
  { after: 'cancel sent', within: 8 },
  { after: 'job started', within: 1000 },
  { after: 'step done', within: 60 },
  { after: 'decoding', within: 60 },
  { after: 'storing', within: 25 },
  { after: 'job ended', within: 5 },
];

/** A round takes a few seconds; one that takes so long hangs. */
const ROUND_MS = 60_000;

/** Kinds of request: few, so that the same picture is asked for again and again. */
const KINDS = 6;

/** Numbers that are the same at every run with the same seed. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A data folder whose server is killed and started again; what its clients are told goes into a ledger. */
export class Siege {
  readonly ledger = new Ledger();
  /** How often the server was killed after each moment. */
  readonly kills = new Map<Moment, number>();
  readonly #environment: NodeJS.ProcessEnv;
  readonly #random: () => number;
  readonly #source: string;
  readonly #logs: (readonly string[])[] = [];
  #submitted = 0;

  constructor(environment: NodeJS.ProcessEnv, { seed, source }: { seed: number; source: string }) {
    this.#environment = { LOG_LEVEL: 'info', ...environment };
    this.#random = generator(seed);
    this.#source = source;
  }

  /** One life of the server, which ends by SIGKILL. */
  round(number: number): Promise<void> {
    return this.#inTime(`round ${number}`, this.#round(number));
  }

  async #round(number: number): Promise<void> {
    const { after, within } = KILLS[number % KILLS.length]!;
    const server = this.#spawn();
    const exited = new Promise((resolve) => server.process.once('exit', resolve));
    let life: Life | undefined;
    const state = { isDoomed: false };
    const moment = (passed: Moment) => {
      if (passed !== after || state.isDoomed) return;
      state.isDoomed = true;
      life?.mayEnd();
      this.kills.set(after, (this.kills.get(after) ?? 0) + 1);
      setTimeout(() => server.process.kill('SIGKILL'), this.#random() * within);
    };
    moment('start');
    const url = await server.ready.catch((error: unknown) => {
      if (state.isDoomed) return undefined;
      throw error;
    });
    if (url !== undefined) {
      life = new Life(url, this.ledger, moment);
      if (state.isDoomed) life.mayEnd();
      await this.#live(life).catch((error: unknown) => {
        server.process.kill('SIGKILL');
        throw error;
      });
    }
    await exited;
    await life?.end();
  }

  /** Rejects, and says how far things are, when a round does not come to its end. */
  async #inTime<T>(round: string, work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const { unanswered, open } = this.ledger;
        const state = { unanswered: [...unanswered.keys()], open, log: this.#logs.at(-1)!.slice(-20) };
        reject(new Error(`${round} did not end in ${ROUND_MS} ms: ${JSON.stringify(state, undefined, 1)}`));
      }, ROUND_MS);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
  }

  /** A last life in which nothing is killed: everything unanswered is asked again, everything comes to its end. */
  async finish(): Promise<void> {
    const server = this.#spawn();
    const url = await server.ready;
    const life = new Life(url, this.ledger, () => undefined);
    for (const id of this.ledger.entries.keys()) await life.poll(id);
    for (const submission of [...this.ledger.unanswered.values()]) await life.submit(submission);
    for (const id of this.ledger.open) life.watch(id);
    await life.watched();
    await this.#expectNothingElse(url);
    await this.#expectImages(url);
    await life.end();
    expect(await server.end('SIGTERM')).toBe(0);
    this.#expectOneCompletionEach();
  }

  /** Process ids of all engine processes that were started. */
  get enginePids(): number[] {
    return this.#facts('engine ready').map(({ processId }) => processId as number);
  }

  /** What a client does in a life: looks after its jobs, watches them, sends some more, cancels one now and then. */
  async #live(life: Life): Promise<void> {
    const { ledger } = this;
    for (const id of ledger.open) await life.poll(id);
    for (const id of ledger.open) life.watch(id);
    for (const submission of [...ledger.unanswered.values()]) {
      const id = await life.submit(submission);
      if (id !== undefined) life.watch(id);
    }
    const count = ledger.open.length > 20 ? 1 : 3;
    for (let i = 0; i < count; i++) {
      const id = await life.submit(this.#submission());
      if (id !== undefined) life.watch(id);
    }
    const { open } = ledger;
    const chosen = open[Math.floor(this.#random() * open.length)];
    if (chosen !== undefined && this.#submitted % 3 === 0) await life.cancel(chosen);
    await life.watched(); // breaks off with the server
    // Everything has ended and the moment has not come: it comes with one more job.
    const last = await life.submit(this.#submission());
    if (last !== undefined) await life.cancel(last);
  }

  #submission(): Submission {
    const kind = this.#submitted % KINDS;
    const key = `request ${this.#submitted++}`;
    const size = { width: 64, height: 64, steps: 2 + (kind % 3), cfg: 1 };
    const imageUrl = kind < 2 ? this.#source : '';
    return { key, input: { model: 'starter', seed: String(kind), ...size, imageUrl } };
  }

  #spawn(): StartingServer {
    const server = spawnServer(this.#environment);
    this.#logs.push(server.log);
    return server;
  }

  /** Every job of the database is one that was acknowledged: a request that was sent twice made one job. */
  async #expectNothingElse(url: string): Promise<void> {
    const ids: string[] = [];
    let after: string | null = null;
    for (;;) {
      const { jobs }: { jobs: Page } = await ask(url, JobsDocument, {
        first: 100,
        ...(after !== null && { after }),
      });
      ids.push(...jobs.edges.map(({ node }) => node.id));
      if (!jobs.pageInfo.hasNextPage) break;
      after = jobs.pageInfo.endCursor;
    }
    expect(ids.toSorted()).toEqual([...this.ledger.entries.keys()].toSorted());
  }

  /** Every picture of a job that succeeded is there, whole, and the same for the same request. */
  async #expectImages(url: string): Promise<void> {
    const byKind = new Map<string, string>();
    for (const [id, { submission, end }] of this.ledger.entries) {
      if (end?.status !== 'SUCCEEDED') continue;
      const { job } = await ask(url, JobDocument, { id });
      expect(job!.images).toHaveLength(1);
      const [image] = job!.images;
      const bytes = Buffer.from(await (await fetch(image!.url)).arrayBuffer());
      expect(createHash('sha256').update(bytes).digest('hex'), `image of ${id}`).toBe(image!.sha256);
      expect(bytes.byteLength).toBe(image!.byteSize);
      const kind = JSON.stringify(submission.input);
      expect(image!.sha256, `image of ${kind}`).toBe(byKind.get(kind) ?? image!.sha256);
      byKind.set(kind, image!.sha256);
    }
  }

  #expectOneCompletionEach(): void {
    const completed = this.#facts('job ended').filter(({ status }) => status === 'SUCCEEDED');
    const ids = completed.map(({ jobId }) => jobId);
    expect(ids.length).toBe(new Set(ids).size);
  }

  /** What the log lines with this message say. */
  #facts(message: string): Record<string, unknown>[] {
    const lines = this.#logs.flat().filter((line) => line.includes(`"msg":"${message}"`));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

interface Page {
  readonly edges: readonly { readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
