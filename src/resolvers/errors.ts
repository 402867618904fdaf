import { InputError, type UserErrorCode } from '../input-error.ts';
import type { Job } from '../jobs/job.ts';

/** All expected failures of one request, so that a form can mark all wrong fields at once. */
export class InputErrors extends Error {
  override readonly name = 'InputErrors';
  readonly errors: readonly InputError[];

  constructor(errors: readonly InputError[]) {
    super(errors.map((error) => error.message).join('\n'));
    this.errors = errors;
  }
}

/** An error about a given value, on the field that gave it. */
export const onField = (field: readonly string[], error: unknown): unknown =>
  error instanceof InputError ? new InputError(error.code, field, error.message, error.retryAfter) : error;

/** Calls a function for each item in turn. Throws InputErrors with an entry for each call that threw InputError. */
export async function eachOrErrors<Asked, Result>(
  all: readonly Asked[],
  work: (one: Asked) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const errors: InputError[] = [];
  for (const one of all) {
    try {
      results.push(await work(one));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new InputErrors(errors);
  return results;
}

/** An expected failure as data. */
export interface UserError {
  readonly code: UserErrorCode;
  /** Path of the wrong argument; null if no argument is wrong. */
  readonly field: readonly string[] | null;
  readonly message: string;
  /** Seconds after which the same request may succeed. */
  readonly retryAfter: number | null;
}

/** The payload of a mutation on a job: the job, or why it could not be changed. */
export interface JobPayload {
  readonly job: Job | null;
  readonly userErrors: readonly UserError[];
}

/** Converts expected failures into data; rethrows all others. */
export async function payloadOf(work: () => Promise<Job>): Promise<JobPayload> {
  try {
    return { job: await work(), userErrors: [] };
  } catch (error) {
    return { job: null, userErrors: userErrorsOf(error) };
  }
}

/** User errors in an answer: more than a form has fields, while a list may have thousands of wrong entries. */
export const MAX_USER_ERRORS = 50;

/** An expected failure as data; rethrows all others. */
export function userErrorsOf(error: unknown): UserError[] {
  if (error instanceof InputError) return [asData(error)];
  if (error instanceof InputErrors) return error.errors.slice(0, MAX_USER_ERRORS).map(asData);
  throw error;
}

const asData = ({ code, field, message, retryAfter }: InputError): UserError => ({
  code,
  field: field.length > 0 ? field : null,
  message,
  retryAfter: retryAfter ?? null,
});
