import type { InputError } from '../input-error.ts';
import { acceptedJob, queueFull, sameRequest } from './acceptance.ts';
import { JobBoard, type JobBoardParts } from './embedded-board.ts';
import { EmbeddedWorker, type EmbeddedWorkerParts } from './embedded-worker.ts';
import { isFinished, type Job } from './job.ts';
import { growingIds } from './job-id.ts';
import type { JobKey } from './embedded-table.ts';
import type {
  CancelOutcome,
  Expired,
  JobAbsence,
  JobHandler,
  JobListQuery,
  JobQueue,
  NewJob,
  ObjectUse,
} from './ports.ts';
import { StopRequest } from './stop-request.ts';
import { canceled } from './transitions.ts';

/** What an EmbeddedQueue works with. */
export interface EmbeddedQueueParts extends JobBoardParts, Pick<EmbeddedWorkerParts, 'pause'> {
  /** Waiting jobs beyond which `enqueue` refuses. */
  readonly limit: number;
  /** Lets go of the database; called once, when nothing uses it any more. */
  readonly release: () => void;
}

/** JobQueue on a table that this process alone writes. */
export class EmbeddedQueue implements JobQueue {
  readonly #parts: EmbeddedQueueParts;
  readonly #board: JobBoard;
  readonly #newId: () => string;
  #worker: EmbeddedWorker | undefined;
  #closed: Promise<void> | undefined;

  /** Takes up the jobs that an earlier process left. */
  constructor(parts: EmbeddedQueueParts) {
    this.#parts = parts;
    this.#newId = growingIds(parts.now, parts.table.lastId());
    this.#board = new JobBoard(parts);
  }

  enqueue(asked: NewJob): Promise<Job> {
    return promised(() => {
      const { owner, idempotencyKey } = asked;
      const known = this.#admit({ owner, idempotencyKey });
      if (known) return this.#board.present(sameRequest(known, asked.request));
      const accepted = acceptedJob(this.#newId(), asked, this.#parts.now());
      const job = this.#board.add(accepted, { owner, idempotencyKey });
      this.#worker?.wake();
      return job;
    });
  }

  admit(key: JobKey): Promise<Job | undefined> {
    return promised(() => {
      const known = this.#admit(key);
      return known && this.#board.present(known);
    });
  }

  get(id: string): Promise<Job | JobAbsence> {
    return promised(() => this.#board.look(id));
  }

  getMany(ids: readonly string[]): Promise<(Job | JobAbsence)[]> {
    return promised(() => {
      const found = this.#parts.table.findMany(ids).map((job) => this.#board.present(job));
      const jobs = new Map(found.map((job) => [job.id, job]));
      return ids.map((id) => jobs.get(id) ?? this.#board.absence(id));
    });
  }

  list(query: JobListQuery): Promise<Job[]> {
    return promised(() => this.#parts.table.page(query).map((job) => this.#board.present(job)));
  }

  cancel(id: string, { immediately } = { immediately: false }): Promise<CancelOutcome> {
    return promised(() => {
      const job = this.#board.look(id);
      if (typeof job === 'string') return { outcome: job };
      if (isFinished(job.status)) return { outcome: 'already-finished', job };
      const claim = job.status === 'RUNNING' ? this.#board.claim : undefined;
      const ended = this.#board.change(job.status, canceled(job, this.#parts.now()));
      claim?.controller.abort(new StopRequest('canceled', { immediately }));
      return { outcome: 'canceled', job: ended };
    });
  }

  counts(): Promise<{ waiting: number; running: number }> {
    return promised(() => ({ waiting: this.#board.waiting, running: this.#board.claim ? 1 : 0 }));
  }

  process(handler: JobHandler): void {
    if (this.#worker) throw new Error('the queue has its handler already');
    this.#worker = new EmbeddedWorker({ ...this.#parts, board: this.#board, handler });
  }

  expire(time: number, limit: number): Promise<Expired> {
    return promised(() => this.#parts.table.expire(time, limit));
  }

  objectUses(sha256s: readonly string[]): Promise<ObjectUse[]> {
    return promised(() => sha256s.map((sha256) => this.#parts.table.objectUse(sha256)));
  }

  async drain(patience: number): Promise<void> {
    await this.#worker?.drain(patience);
  }

  close(): Promise<void> {
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  async #drain(): Promise<void> {
    try {
      await this.#worker?.stop();
    } finally {
      this.#parts.events.close();
      this.#parts.release();
    }
  }

  #admit(key: JobKey): Job | undefined {
    const { table, limit } = this.#parts;
    const known = table.findByKey(key);
    if (!known && this.#board.waiting >= limit) throw this.#full();
    return known;
  }

  /** There is room again when the running job has ended and the next has taken its place. */
  #full(): InputError {
    return queueFull(this.#parts.limit, this.#board.claim ? this.#board.untilFree : undefined);
  }
}

/** Runs synchronous work now; what it throws rejects. */
function promised<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
