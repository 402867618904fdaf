import type { Redis } from 'ioredis';
import { decodeEvent } from './cluster-frame.ts';
import type { ClusterStore, StoredJob } from './cluster-store.ts';
import { isFinished, type Job } from './job.ts';
import { stateEvent } from './job-event.ts';
import type { Log } from './log.ts';
import { Mailbox } from './mailbox.ts';
import type { JobEvent, JobEvents } from './ports.ts';

/** Ended jobs whose terminal event is kept: it bridges the moment between reading a job and watching it. */
const ENDED_KEPT = 256;

/** Milliseconds until a watch that could not be opened is tried again. */
const RETRY = 1000;

/** What ClusterEvents works with. */
export interface ClusterEventsParts {
  readonly store: Pick<ClusterStore, 'key' | 'keptEvent' | 'tell'>;
  /** A connection of its own, in subscriber mode. */
  readonly subscriber: Redis;
  readonly log: Log;
  /** The number of the change that brought about the state in which a job was read. */
  readonly revisionOf: (job: Job) => number;
  /** The job as it is stored now; undefined if it has gone. */
  readonly look: (jobId: string) => Promise<StoredJob | undefined>;
}

/** The watchers of one job in this process. */
interface Audience {
  readonly mailboxes: Set<Mailbox>;
  /** The job as the first of them had read it. */
  readonly current: Job;
}

/**
 * JobEvents between processes. What this process tells it hears at once; the others hear it through Redis. A watched job is
 * one subscription, however many watch it, and its events are ordered by their numbers: what comes late is dropped.
 */
export class ClusterEvents implements JobEvents {
  readonly #parts: ClusterEventsParts;
  /** What is known for sure: of the jobs that are watched or worked on here, and of some that have ended. */
  readonly #last = new Map<string, JobEvent>();
  readonly #ended: string[] = [];
  readonly #held = new Set<string>();
  readonly #audiences = new Map<string, Audience>();
  #closed = false;

  constructor(parts: ClusterEventsParts) {
    this.#parts = parts;
    const { subscriber, store } = parts;
    const ofJobs = store.key('events', '');
    subscriber.on('messageBuffer', (channel: Buffer, message: Buffer) => {
      if (channel.toString().startsWith(ofJobs)) this.take(decodeEvent(message));
    });
    // What was said while the connection was away is made up for.
    subscriber.on('ready', () => {
      for (const jobId of this.#audiences.keys()) void this.#subscribe(jobId);
    });
  }

  publish(event: JobEvent): void {
    const { id } = event.job;
    if (event.type !== 'queued' && !isFinished(event.job.status)) this.#held.add(id);
    this.take(event);
    this.#parts.store.tell(event).catch((error: unknown) => {
      if (!this.#closed) this.#parts.log.error({ jobId: id, err: error }, 'an event cannot be told');
    });
  }

  /** Hands an event that others were told to the watchers in this process, unless they know a later one. */
  take(event: JobEvent): void {
    const { id, status } = event.job;
    const last = this.#last.get(id);
    if (last && event.sequence <= last.sequence) return;
    const audience = this.#audiences.get(id);
    if (audience || this.#held.has(id) || isFinished(status)) this.#last.set(id, event);
    for (const mailbox of audience?.mailboxes ?? []) mailbox.push(event);
    if (isFinished(status)) this.#end(id);
  }

  /** Remembers the events of a job from now on, because this process works on it. */
  hold(jobId: string): void {
    this.#held.add(jobId);
  }

  /** Ends that: others may work on it. */
  release(jobId: string): void {
    this.#held.delete(jobId);
    const last = this.#last.get(jobId);
    if (last && !isFinished(last.job.status) && !this.#audiences.has(jobId)) this.#last.delete(jobId);
  }

  snapshot(jobId: string): JobEvent | undefined {
    return this.#last.get(jobId);
  }

  watch(jobId: string, current: Job): AsyncIterableIterator<JobEvent> {
    const mailbox = new Mailbox(() => {
      this.#remove(jobId, mailbox);
    });
    const present = this.#present(jobId, current);
    if (present) mailbox.push(present);
    if (this.#closed) mailbox.end();
    else if (!present || !isFinished(present.job.status)) {
      if (present) this.#last.set(jobId, present);
      const audience = this.#audiences.get(jobId);
      if (audience) audience.mailboxes.add(mailbox);
      else {
        this.#audiences.set(jobId, { mailboxes: new Set([mailbox]), current });
        void this.#subscribe(jobId);
      }
    }
    return mailbox;
  }

  /** The last events of the unfinished jobs that somebody watches here. */
  *watched(): Iterable<JobEvent> {
    for (const jobId of this.#audiences.keys()) {
      const last = this.#last.get(jobId);
      if (last) yield last;
    }
  }

  /** Ends every watch, after the events that wait to be read. */
  close(): void {
    this.#closed = true;
    for (const { mailboxes } of this.#audiences.values()) for (const mailbox of mailboxes) mailbox.end();
    this.#audiences.clear();
  }

  /** The state that a watcher can be given at once; a running job's comes from Redis, with its preview. */
  #present(jobId: string, current: Job): JobEvent | undefined {
    const last = this.#last.get(jobId);
    // Waiting jobs move up without an event as long as nobody watches them.
    if (last?.type === 'queued' && current.status === 'QUEUED') return { ...last, job: current };
    if (last) return last;
    if (current.status === 'RUNNING' && !this.#closed) return undefined;
    return stateOf(current, this.#parts.revisionOf(current));
  }

  /** Listens first and looks afterwards: an event in between is then heard. */
  async #subscribe(jobId: string): Promise<void> {
    const { subscriber, store, look, log } = this.#parts;
    try {
      await subscriber.subscribe(store.key('events', jobId));
      if (!this.#audiences.has(jobId)) return;
      const [message, stored] = await Promise.all([store.keptEvent(jobId), look(jobId)]);
      const audience = this.#audiences.get(jobId);
      if (audience) this.take(this.#presentFrom(stored, message && decodeEvent(message), audience));
    } catch (error) {
      if (this.#closed || !this.#audiences.has(jobId)) return;
      log.error({ jobId, err: error }, 'a job cannot be watched yet');
      setTimeout(() => {
        if (this.#audiences.has(jobId)) void this.#subscribe(jobId);
      }, RETRY).unref();
    }
  }

  /** The state as it is stored, with the preview that was kept last of this run. */
  #presentFrom(stored: StoredJob | undefined, kept: JobEvent | undefined, { current }: Audience): JobEvent {
    if (!stored) return kept ?? stateOf(current, this.#parts.revisionOf(current));
    const { job, revision, told } = stored;
    const state = stateOf(job, told);
    if (!kept || kept.sequence <= revision || state.type !== 'stage') return state;
    return kept.sequence >= told ? kept : { ...state, preview: 'preview' in kept ? kept.preview : null };
  }

  #end(jobId: string): void {
    this.#held.delete(jobId);
    if (this.#audiences.delete(jobId)) this.#unsubscribe(jobId);
    this.#ended.push(jobId);
    if (this.#ended.length > ENDED_KEPT) this.#last.delete(this.#ended.shift()!);
  }

  #remove(jobId: string, mailbox: Mailbox): void {
    const audience = this.#audiences.get(jobId);
    if (!audience?.mailboxes.delete(mailbox) || audience.mailboxes.size > 0) return;
    this.#audiences.delete(jobId);
    this.#unsubscribe(jobId);
    if (!this.#held.has(jobId)) this.release(jobId);
  }

  #unsubscribe(jobId: string): void {
    const { subscriber, store } = this.#parts;
    subscriber.unsubscribe(store.key('events', jobId)).catch(() => undefined); // gone with its connection
  }
}

const stateOf = (job: Job, sequence: number): JobEvent => {
  const at = job.finishedAt ?? job.startedAt ?? job.createdAt;
  return stateEvent(job, { sequence, at, preview: null });
};
