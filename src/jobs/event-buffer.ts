import { LatestByKey, LatestValues } from '../latest-values.ts';
import { isFinished, type Job } from './job.ts';
import type { Log } from './log.ts';
import { type JobAbsence, type JobEvent, previewOf, stateEvent } from './queue.ts';

/** Milliseconds over which changes of positions are gathered: at least, and for each waiting job that is watched. */
const GATHERING = 100;
const GATHERING_PER_JOB = 0.1;

/**
 * The events on their way to one subscriber. One that falls behind loses steps (the newest wins) and outdated queue
 * positions, never another change; the terminal event drops a waiting step, is delivered last and ends the iteration.
 */
export class EventBuffer extends LatestByKey<JobEvent> {
  override push(event: JobEvent): void {
    super.push(event);
    if (isFinished(event.job.status)) this.end();
  }

  protected override keyOf({ type, job, sequence }: JobEvent): string {
    if (type === 'step' || isFinished(job.status)) return 'step';
    return type === 'queued' ? `queued ${job.history.length}` : String(sequence);
  }
}

/** Who watches one job. */
interface Audience {
  readonly buffers: Set<EventBuffer>;
  /** Watches that are being opened. */
  opening: number;
  /** The newest event. */
  last: JobEvent | undefined;
}

/** Collaborators of Subscribers. */
export interface SubscribersParts {
  /** The positions of those of these jobs that wait. */
  readonly positions: (ids: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  /** Nobody watches a job any more. */
  readonly onUnwatched?: (id: string) => void;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The subscribers of jobs in this process. Events of a job are ordered by their sequence; one that comes late is dropped. */
export class Subscribers {
  readonly #parts: SubscribersParts;
  readonly #audiences = new Map<string, Audience>();
  readonly #readers = new Set<LatestValues<Job>>();
  #gathering: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: SubscribersParts) {
    this.#parts = parts;
  }

  /** Ids of the jobs that are watched. */
  get watched(): string[] {
    return [...this.#audiences.keys()];
  }

  isWatched(id: string): boolean {
    return this.#audiences.has(id);
  }

  /** Whether somebody reads changes of all jobs. */
  get hasReaders(): boolean {
    return this.#readers.size > 0;
  }

  /** The newest event of a job that is watched. */
  last(id: string): JobEvent | undefined {
    return this.#audiences.get(id)?.last;
  }

  /** Subscribes to a job. `read` reads its present state, which comes first; events that arrive meanwhile are not missed. */
  async watch(
    id: string,
    read: () => Promise<JobEvent | JobAbsence>,
  ): Promise<AsyncIterableIterator<JobEvent> | JobAbsence> {
    const audience = this.#audience(id);
    audience.opening++;
    try {
      const present = await read();
      if (typeof present === 'string') return present;
      this.tell(present);
      const first = newest(audience.last, present);
      const isKept = this.#audiences.get(id) === audience;
      const hasEnded = isFinished(first.job.status) || this.#isClosed;
      if (!isKept && !hasEnded) return await this.watch(id, read); // its watches have failed
      return this.add(first);
    } finally {
      audience.opening--;
      this.#dropUnwatched(id, audience);
    }
  }

  /** A new subscriber of a job: gets `first`, then every later event. */
  add(first: JobEvent): EventBuffer {
    const { id, status } = first.job;
    const audience = this.#isClosed || isFinished(status) ? undefined : this.#audience(id);
    const buffer = new EventBuffer(() => {
      audience?.buffers.delete(buffer);
      if (audience) this.#dropUnwatched(id, audience);
    });
    buffer.push(first);
    if (this.#isClosed) buffer.end();
    if (audience) {
      audience.buffers.add(buffer);
      audience.last ??= first;
    }
    return buffer;
  }

  /** Hands an event to the job's subscribers; a terminal one is their last. */
  tell(event: JobEvent): void {
    const { id, status } = event.job;
    const audience = this.#audiences.get(id);
    if (!audience || event.sequence <= (audience.last?.sequence ?? -1)) return;
    audience.last = event;
    for (const buffer of audience.buffers) buffer.push(event);
    if (isFinished(status)) this.#drop(id);
  }

  /** Hands a change of state to the job's subscribers and to those who read the changes of all jobs. */
  publish(event: JobEvent): void {
    for (const reader of this.#readers) reader.push(event.job);
    this.tell(event);
    this.jobsMoved();
  }

  /** The waiting jobs may have other positions: their subscribers hear of it soon. */
  jobsMoved(): void {
    if (this.#gathering || this.#isClosed) return;
    const pause = Math.max(GATHERING, this.#waiting.length * GATHERING_PER_JOB);
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      this.#tellPositions().catch((error: unknown) => {
        if (!this.#isClosed) this.#parts.log.warn({ err: error }, 'queue positions were not read');
      });
    }, pause).unref();
  }

  /** Ends the watches of a job with an error. */
  fail(id: string, error: Error): void {
    for (const buffer of this.#audiences.get(id)?.buffers ?? []) buffer.fail(error);
    this.#drop(id);
  }

  /** A new reader of the changes of all jobs. */
  changes(): AsyncIterableIterator<Job> {
    const reader: LatestValues<Job> = new LatestValues<Job>(() => this.#readers.delete(reader));
    if (this.#isClosed) reader.end();
    else this.#readers.add(reader);
    return reader;
  }

  /** Ends every watch, after the events that wait to be read. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#gathering);
    for (const { buffers } of this.#audiences.values()) for (const buffer of buffers) buffer.end();
    for (const reader of this.#readers) reader.end();
    this.#audiences.clear();
    this.#readers.clear();
  }

  /** Ids of the watched jobs that wait in the queue. */
  get #waiting(): string[] {
    return [...this.#audiences].flatMap(([id, { last }]) => (last?.type === 'queued' ? [id] : []));
  }

  async #tellPositions(): Promise<void> {
    const ids = this.#waiting;
    if (ids.length === 0) return;
    for (const [id, queuePosition] of await this.#parts.positions(ids)) {
      const last = this.last(id);
      if (last?.type !== 'queued' || last.job.queuePosition === queuePosition) continue;
      const job = { ...last.job, queuePosition };
      this.tell({ ...last, job, sequence: last.sequence + 1, at: this.#parts.now() });
    }
  }

  #audience(id: string): Audience {
    const audience = this.#audiences.get(id) ?? { buffers: new Set(), opening: 0, last: undefined };
    this.#audiences.set(id, audience);
    return audience;
  }

  #dropUnwatched(id: string, audience: Audience): void {
    const isWatched = audience.buffers.size > 0 || audience.opening > 0;
    if (!isWatched && this.#audiences.get(id) === audience) this.#drop(id);
  }

  #drop(id: string): void {
    if (this.#audiences.delete(id) && !this.#isClosed) this.#parts.onUnwatched?.(id);
  }
}

/** What a late subscriber gets first: the newer one, as a state. */
function newest(last: JobEvent | undefined, present: JobEvent): JobEvent {
  if (!last || last.sequence <= present.sequence) return present;
  if (last.type === 'queued' && present.type === 'queued') return { ...present, sequence: last.sequence };
  return stateEvent(last.job, { ...last, preview: previewOf(last) });
}

/** What a subscriber reads, each handed out when what `ready` began after its coming has ended. */
export const eachAfter = <Value>(
  events: AsyncIterableIterator<Value>,
  ready: () => Promise<void>,
): AsyncIterableIterator<Value> => ({
  next: async () => {
    const result = await events.next();
    await ready();
    return result;
  },
  return: () => events.return!(),
  [Symbol.asyncIterator]() {
    return this;
  },
});
