import { expectedSize } from '../jobs/job-size.ts';
import type { Job } from '../jobs/jobs.ts';
import type { Texts } from '../texts/index.ts';

/** A job's title and note in the dock, and its progress; null: unknown. */
export interface DockWords {
  readonly title: string;
  readonly note: string | null;
  readonly progress: number | null;
}

const note = ({ comma }: Texts, ...parts: readonly (string | null)[]): string | null =>
  parts.filter((part) => part !== null).join(comma) || null;

/** The words for a job as it is now. */
export function dockWords(job: Job, texts: Texts): DockWords {
  const words = texts.dock;
  switch (job.status) {
    case 'QUEUED':
      return { ...waitingWords(job, texts), progress: 0 };
    case 'RUNNING':
      return runningWords(job, texts);
    case 'SUCCEEDED': {
      const { seed } = job.input;
      const { width, height } = job.images[0] ?? expectedSize(job);
      return { title: words.done(secondsTaken(job)), note: words.doneNote(seed, width, height), progress: 1 };
    }
    case 'FAILED':
      return { title: failureOf(job, texts).title, note: job.error?.message ?? null, progress: null };
    case 'CANCELED':
      return { title: words.canceled(job.step), note: null, progress: null };
  }
}

/** Why a job failed and what helps, in words. */
export const failureOf = ({ error }: Job, { dock }: Texts): Texts['dock']['failures']['OTHER'] =>
  dock.failures[error?.code ?? 'OTHER'];

function waitingWords(job: Job, { dock: words }: Texts): Pick<DockWords, 'title' | 'note'> {
  if (job.waitReason === 'PAUSED') return { title: words.paused, note: null };
  if (job.waitReason === 'NO_WORKER') return { title: words.noWorker, note: words.noWorkerNote };
  if (job.waitReason === 'BACKOFF') {
    return { title: words.backoff, note: words.restarted(job.attempts + 1) };
  }
  const before = job.queuePosition ?? 0;
  const time = job.etaSeconds == null ? null : words.about(wholeSeconds(job.etaSeconds));
  return { title: before === 0 ? words.next : words.waiting(before), note: time };
}

function runningWords(job: Job, texts: Texts): DockWords {
  const words = texts.dock;
  const restarted = job.attempts > 1 ? words.restarted(job.attempts) : null;
  const left = job.etaSeconds == null ? null : words.left(wholeSeconds(job.etaSeconds));
  switch (job.stage) {
    case 'SAMPLING':
      return {
        title: words.step(job.step, job.totalSteps),
        note: note(texts, left, job.step === 0 ? restarted : null),
        progress: job.totalSteps > 0 ? job.step / job.totalSteps : null,
      };
    case 'UPSCALING':
    case 'DECODING':
    case 'STORING':
    case 'DONE':
      return { title: words.lastTouches, note: left, progress: 1 };
    case 'ENCODING_PROMPT':
      return { title: words.readingWords, note: restarted, progress: null };
    case 'ENCODING_IMAGE':
      return { title: words.readingSource, note: restarted, progress: null };
    case 'WAITING':
    case 'LOADING_MODEL':
    case 'OTHER':
      return {
        title: words.opening(job.input.model),
        note: restarted ?? words.openingNote,
        progress: null,
      };
  }
}

const wholeSeconds = (seconds: number): number => Math.max(1, Math.round(seconds));

/** Seconds from the start of the last attempt to the end. */
export function secondsTaken({ startedAt, finishedAt }: Pick<Job, 'startedAt' | 'finishedAt'>): number {
  if (startedAt == null || finishedAt == null) return 1;
  return wholeSeconds((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
}
