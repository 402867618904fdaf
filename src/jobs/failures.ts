import { randomUUID } from 'node:crypto';
import { CanceledError, CheckpointError, DeviceError } from '../engine/index.ts';
import type { JobError } from './job.ts';

/** Times a job is started before a failure that may pass is final. */
export const MAX_ATTEMPTS = 3;

/** The stored source image of a job is gone, so that no attempt can succeed. */
export class SourceLostError extends Error {
  override readonly name = 'SourceLostError';
}

/** What becomes of a job whose handler threw. */
export type Fate =
  | { readonly fate: 'canceled' }
  | {
      readonly fate: 'failed';
      /** Whether another attempt may succeed. */
      readonly retry: boolean;
      /** What the user is told once it is final. */
      readonly error: JobError;
      /** Set where the message hides the cause: the id under which the log has it in full. */
      readonly incident?: string;
    };

/** The class decides the fate: the first row that fits. Anything else is a bug, and its message may hold secrets. */
const FATES = [
  { type: CanceledError, fate: () => ({ fate: 'canceled' }) },
  { type: CheckpointError, fate: (error) => failed('CHECKPOINT_INVALID', error, false) },
  { type: SourceLostError, fate: (error) => failed('SOURCE_LOST', error, false) },
  { type: DeviceError, fate: (error) => failed('DEVICE_FAILED', error, true) },
] as const satisfies readonly { type: new () => Error; fate: (error: Error) => Fate }[];

/** Looks up what becomes of a job whose handler threw `error`. */
export function fateOf(error: unknown): Fate {
  for (const row of FATES) if (error instanceof row.type) return row.fate(error);
  const incident = randomUUID();
  const message = `The job failed because of an internal error; the server's log has it as ${incident}.`;
  return { fate: 'failed', retry: false, error: { code: 'INTERNAL', message }, incident };
}

function failed(code: JobError['code'], error: Error, retry: boolean): Fate {
  return { fate: 'failed', retry, error: { code, message: error.message } };
}

/** The error of a job that every one of its attempts left unfinished because its process ended. */
export const INTERRUPTED: JobError = {
  code: 'INTERNAL',
  message: `The server stopped in the middle of this job ${MAX_ATTEMPTS} times; it was not tried again.`,
};
