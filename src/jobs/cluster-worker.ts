import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterFailure, afterInterruption } from './after-failure.ts';
import { ClusterClaim, type ClaimParts } from './cluster-claim.ts';
import { LEAP } from './cluster-scripts.ts';
import type { StoredJob } from './cluster-store.ts';
import type { ClusterPaces } from './cluster-paces.ts';
import type { Ticket, TicketTaker } from './cluster-tickets.ts';
import { isFinished, type Job } from './job.ts';
import { type Pace, workOf } from './pace.ts';
import type { JobHandler } from './ports.ts';
import { StopRequest } from './stop-request.ts';
import { started, succeeded } from './transitions.ts';

/** What a worker works with. */
export interface ClusterWorkerParts extends ClaimParts {
  readonly tickets: TicketTaker;
  readonly paces: ClusterPaces;
  /** One for each job that can run at the same time. */
  readonly handlers: readonly JobHandler[];
  /** Milliseconds between two renewals of a ticket. */
  readonly renewal: number;
}

/** Milliseconds after which an idle worker looks by itself: word of a waiting job may have been lost. */
const IDLE = 1000;

/** Milliseconds until a write that failed is tried again. */
const PAUSE = 250;

/** What a handler's turn with a job led to. */
type Outcome =
  | 'ended'
  /** The job waits again, or was not to be run: the ticket is good for another one. */
  | 'next'
  /** The process ends. */
  | 'stopped';

/** Takes jobs, one for each handler at a time, and writes down what becomes of them. */
export class ClusterWorker {
  readonly #parts: ClusterWorkerParts;
  readonly #claims = new Map<string, ClusterClaim>();
  readonly #stopping = new AbortController();
  readonly #done: Promise<unknown>;
  #draining = false;
  #wakings = 0;
  #wake: (() => void)[] = [];

  /** Starts at once. */
  constructor(parts: ClusterWorkerParts) {
    this.#parts = parts;
    this.#done = Promise.all(parts.handlers.map((handler) => this.#work(handler)));
  }

  /** Tells that a job may be waiting. */
  wake(): void {
    this.#wakings++;
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** Ends this worker's part in a job that was canceled. */
  abandon(jobId: string, immediately: boolean): void {
    const claim = this.#claims.get(jobId);
    claim?.end();
    claim?.stop(new StopRequest('the job was canceled', { immediately }));
  }

  /** Takes no more jobs; resolves when the running ones have ended, or after `patience` milliseconds. */
  async drain(patience: number): Promise<void> {
    this.#draining = true;
    this.wake();
    const over = new AbortController();
    await Promise.race([
      this.#done.finally(() => {
        over.abort();
      }),
      sleep(patience, undefined, { signal: over.signal }).catch(() => undefined),
    ]);
  }

  /** Aborts the running jobs and resolves when they are put back. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const claim of this.#claims.values()) this.#askToStop(claim);
    this.wake();
    await this.#done;
  }

  #isLeaving(): boolean {
    return this.#draining || this.#stopping.signal.aborted;
  }

  async #work(handler: JobHandler): Promise<void> {
    while (!this.#isLeaving()) {
      const wakings = this.#wakings;
      const ticket = await this.#insist(() => this.#take()).catch(() => undefined); // stopping, without Redis
      if (ticket) await this.#use(ticket, handler);
      else if (wakings === this.#wakings && !this.#isLeaving()) await this.#woken();
    }
  }

  /** The ticket of the job that is most urgent, then oldest, among the models of this worker. */
  async #take(): Promise<Ticket | undefined> {
    const { tickets, store } = this.#parts;
    const models = await tickets.ready();
    if (models.length === 0) return undefined;
    const heads = models.length > 1 ? await store.heads(models) : [];
    // Where no job waits the ticket is one that came back: its worker has died and its job is the oldest of all.
    const order = models
      .map((model, i) => ({ model, head: heads[i] ?? '' }))
      .sort((a, b) => (a.head < b.head ? -1 : 1));
    for (const { model } of order) {
      if (this.#isLeaving()) return undefined;
      const ticket = await tickets.take(model, randomUUID());
      if (ticket) return ticket;
    }
    return undefined;
  }

  async #use(ticket: Ticket, handler: JobHandler): Promise<void> {
    const { log, renewal } = this.#parts;
    let claim: ClusterClaim | undefined;
    const renewing = setInterval(() => {
      Promise.all([ticket.renew(), claim?.check()]).catch((error: unknown) => {
        log.warn({ ticket: ticket.id, err: error }, 'a ticket could not be renewed');
      });
    }, renewal);
    let outcome: Outcome = 'next';
    try {
      while (outcome === 'next') {
        outcome = this.#isLeaving()
          ? 'stopped'
          : await this.#useOnce(ticket, handler, (taken) => (claim = taken));
      }
      await (outcome === 'ended' ? ticket.end() : ticket.giveBack());
    } catch (error) {
      // The loan runs out, and whoever takes the ticket next finds how the job stands.
      log.warn({ ticket: ticket.id, err: error }, 'a ticket could not be handed in');
    } finally {
      clearInterval(renewing);
    }
  }

  async #useOnce(
    ticket: Ticket,
    handler: JobHandler,
    onClaim: (claim: ClusterClaim) => void,
  ): Promise<Outcome> {
    const { store, events, now } = this.#parts;
    const found = await this.#insist(() => store.assign(ticket.model, ticket.id));
    if (!found || isFinished(found.job.status)) return 'ended';
    const { id } = found.job;
    if (found.job.status === 'RUNNING') return this.#takeOver(found);
    const running = await this.#insist(() => store.change(found.revision, started(found.job, now())));
    if (!running) return 'next';
    const claim = new ClusterClaim(running.stored, this.#parts, await this.#expect(running.stored.job));
    this.#claims.set(id, claim);
    onClaim(claim);
    events.take(running.event);
    try {
      return await this.#run(claim, handler);
    } finally {
      claim.end();
      this.#claims.delete(id);
    }
  }

  /** Puts a job back whose worker has died, or fails it after its last attempt. */
  async #takeOver({ job, revision }: StoredJob): Promise<Outcome> {
    const { store, events, log, now } = this.#parts;
    const next = afterInterruption(job, now());
    const changed = await this.#insist(() => store.change(revision, next));
    if (changed) {
      events.take(changed.event);
      const { id: jobId, attempts, status } = next;
      log.warn({ jobId, attempts, status }, 'a worker ended in the middle of this job');
    }
    return 'next';
  }

  async #run(claim: ClusterClaim, handler: JobHandler): Promise<Outcome> {
    // A stop that came while the start was written has not reached the claim.
    if (this.#stopping.signal.aborted) this.#askToStop(claim);
    const next = await this.#handle(claim, handler);
    if (!next || !(await this.#finish(claim, next))) return 'ended';
    if (next.status === 'SUCCEEDED') await this.#learn(next);
    const { id: jobId, status, attempts, timings } = next;
    this.#parts.log.info({ jobId, status, attempts, timings }, 'job handled');
    return status === 'QUEUED' ? 'next' : 'ended';
  }

  /** Lets the handler work; returns what the job becomes, or undefined if it is no longer this claim's. */
  async #handle(claim: ClusterClaim, handler: JobHandler): Promise<Job | undefined> {
    const { now, monotonic } = this.#parts;
    const present = () => claim.progressed.at(monotonic());
    try {
      const { images } = await handler(present(), claim);
      return claim.isOver ? undefined : succeeded(present(), images, now());
    } catch (error) {
      return claim.isOver ? undefined : this.#afterFailure(present(), error);
    }
  }

  #afterFailure(job: Job, error: unknown): Job {
    const { log, now } = this.#parts;
    return afterFailure(job, error, { isStopping: this.#stopping.signal.aborted, log, now: now() });
  }

  /** Writes down what a job has become; false if it was no longer this claim's. */
  async #finish(claim: ClusterClaim, next: Job): Promise<boolean> {
    const { store, events } = this.#parts;
    const changed = await this.#insist(() => store.change(claim.revision, next));
    if (changed) {
      events.take(changed.event);
      return true;
    }
    // A write whose answer was lost with the connection is sent again, and then finds that it was done.
    const found = await this.#insist(() => store.find(next.id));
    return (
      typeof found === 'object' &&
      found.revision === claim.revision + LEAP &&
      found.job.status === next.status &&
      found.job.finishedAt === next.finishedAt
    );
  }

  /** What a job will take; not knowing is no reason to keep it waiting. */
  async #expect(job: Job): Promise<Pace | undefined> {
    const paces = await this.#parts.paces.known().catch(() => undefined);
    return paces?.expect(workOf(job.request));
  }

  async #learn(job: Job): Promise<void> {
    const { paces, log } = this.#parts;
    await paces.learn(job).catch((error: unknown) => {
      log.warn({ err: error, jobId: job.id }, 'what the job took could not be stored');
    });
  }

  #askToStop(claim: ClusterClaim): void {
    claim.stop(new StopRequest('the worker is stopping', { immediately: false }));
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, IDLE);
      this.#wake.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Asks Redis again and again until it answers or the worker is stopped. */
  async #insist<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        this.#parts.log.error({ err: error }, 'Redis cannot be reached');
        if (this.#stopping.signal.aborted) throw error;
        await sleep(PAUSE, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    }
  }
}
