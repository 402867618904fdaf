import { isFinished, type Job } from './job.ts';
import { stateEvent } from './job-event.ts';
import { Mailbox } from './mailbox.ts';
import type { JobEvent, JobEvents } from './ports.ts';

/** Ended jobs whose terminal event is kept: it bridges the moment between reading a job and watching it. */
const ENDED_KEPT = 256;

/** JobEvents within one process. */
export class EmbeddedEvents implements JobEvents {
  readonly #last = new Map<string, JobEvent>();
  readonly #ended: string[] = [];
  readonly #watchers = new Map<string, Set<Mailbox>>();
  readonly #lastSequence: (jobId: string) => number;
  #closed = false;

  /** `lastSequence` tells the sequence of the last event of a job that is not remembered here. */
  constructor(lastSequence: (jobId: string) => number) {
    this.#lastSequence = lastSequence;
  }

  publish(event: JobEvent): void {
    const { id } = event.job;
    const watchers = this.#watchers.get(id);
    // A waiting job that nobody has watched is told from its row: there may be very many.
    if (event.type !== 'queued' || watchers || this.#last.has(id)) this.#last.set(id, event);
    for (const mailbox of watchers ?? []) mailbox.push(event);
    if (isFinished(event.job.status)) this.#forgetLater(id);
  }

  snapshot(jobId: string): JobEvent | undefined {
    return this.#last.get(jobId);
  }

  // Nothing may be awaited between reading the state and adding the watcher: an event in between would be lost.
  watch(jobId: string, current: Job): AsyncIterableIterator<JobEvent> {
    const mailbox = new Mailbox(() => {
      this.#remove(jobId, mailbox);
    });
    const present = this.#present(jobId, current);
    mailbox.push(present);
    if (this.#closed) mailbox.end();
    else if (!isFinished(present.job.status)) {
      this.#last.set(jobId, present);
      const watchers = this.#watchers.get(jobId);
      if (watchers) watchers.add(mailbox);
      else this.#watchers.set(jobId, new Set([mailbox]));
    }
    return mailbox;
  }

  /** Ids of the unfinished jobs that somebody watches. */
  watched(): Iterable<string> {
    return this.#watchers.keys();
  }

  /** Ends every watch, after the events that wait to be read. */
  close(): void {
    this.#closed = true;
    for (const watchers of this.#watchers.values()) for (const mailbox of watchers) mailbox.end();
    this.#watchers.clear();
  }

  #present(jobId: string, current: Job): JobEvent {
    const last = this.#last.get(jobId);
    // Waiting jobs move up without an event as long as nobody watches them.
    if (last?.type === 'queued' && current.status === 'QUEUED') return { ...last, job: current };
    if (last) return last;
    const at = current.finishedAt ?? current.startedAt ?? current.createdAt;
    return stateEvent(current, { sequence: this.#lastSequence(jobId), at, preview: null });
  }

  #forgetLater(id: string): void {
    this.#watchers.delete(id);
    this.#ended.push(id);
    if (this.#ended.length > ENDED_KEPT) this.#last.delete(this.#ended.shift()!);
  }

  #remove(jobId: string, mailbox: Mailbox): void {
    const watchers = this.#watchers.get(jobId);
    if (watchers?.delete(mailbox) && watchers.size === 0) this.#watchers.delete(jobId);
  }
}
