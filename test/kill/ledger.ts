import { expect } from 'vitest';
import type { Img2ImgInput, JobQuery, ProgressSubscription } from '../client/generated/graphql.ts';

type Polled = NonNullable<JobQuery['job']>;
type Event = ProgressSubscription['img2imgProgress'];

/** A request with the key under which it may be sent again. */
export interface Submission {
  readonly key: string;
  readonly input: Img2ImgInput;
}

/** What a client was told of one job, over all lives of the server. */
export interface Entry {
  readonly submission: Submission;
  /** Whether a cancelJob was answered CANCELED. */
  canceled: boolean;
  /** The greatest sequence of an event. */
  sequence: number;
  /** The end that was told first; every later answer must be the same. */
  end: (Pick<Polled, 'status' | 'finishedAt'> & { readonly images: readonly string[] }) | undefined;
}

const ENDS = ['SUCCEEDED', 'FAILED', 'CANCELED'];

/** Everything that clients have been told: each new answer is held against it. */
export class Ledger {
  readonly entries = new Map<string, Entry>();
  /** Requests that were sent and never answered. */
  readonly unanswered = new Map<string, Submission>();
  /** Events and answers that were compared. */
  checks = 0;

  acknowledged(submission: Submission, id: string): void {
    this.unanswered.delete(submission.key);
    const entry = this.entries.get(id);
    if (entry) expect(entry.submission.key).toBe(submission.key);
    else this.entries.set(id, { submission, canceled: false, sequence: 0, end: undefined });
  }

  canceled(id: string): void {
    this.#entry(id).canceled = true;
  }

  /** Ids of the jobs whose end nobody has told yet. */
  get open(): string[] {
    return [...this.entries].filter(([, { end }]) => !end).map(([id]) => id);
  }

  /** An event: it belongs to a job that was acknowledged, goes on from what was told, and contradicts no end. */
  saw({ job: { id, status }, sequence, __typename }: Event): void {
    this.checks++;
    const entry = this.#entry(id);
    expect(sequence, `sequence of ${__typename} of ${id}`).toBeGreaterThanOrEqual(entry.sequence);
    entry.sequence = sequence;
    if (entry.end) expect(status, `status of ${id} after its end`).toBe(entry.end.status);
  }

  /** A job as it was asked for. */
  polled(id: string, job: Polled | null | undefined): void {
    this.checks++;
    const entry = this.#entry(id);
    expect(job, `the acknowledged job ${id}`).toBeTruthy();
    const { status, finishedAt, images } = job!;
    if (entry.canceled) expect(status, `status of ${id}, which was canceled`).toBe('CANCELED');
    const now = { status, finishedAt, images: images.map(({ sha256 }) => sha256) };
    if (ENDS.includes(status)) entry.end ??= now;
    if (entry.end) expect(now, `end of ${id}`).toEqual(entry.end);
  }

  #entry(id: string): Entry {
    const entry = this.entries.get(id);
    if (!entry) throw new Error(`nobody has acknowledged ${id}`);
    return entry;
  }
}
