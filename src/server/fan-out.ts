import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Job } from '../jobs/job.ts';
import type { JobEvent } from '../jobs/queue.ts';
import type { ModelPull } from '../models/pulls.ts';
import { maskResult, type ErrorMask } from './errors.ts';

/** A value that a subscription's source yields to execution. */
export type Update = JobEvent | Job | ModelPull;

/** The updates of one subscription, in order. */
export type Updates = AsyncIterableIterator<Update>;

/** Starts a subscription without executing any of its events. */
export async function openUpdates(args: ExecutionArgs, mask: ErrorMask): Promise<Updates | ExecutionResult> {
  const opened = await createSourceEventStream(args);
  return Symbol.asyncIterator in opened ? (opened as Updates) : maskResult(opened, mask);
}

/**
 * Executes an event once for all subscribers with the same document, variables and address, and keeps the answer as text as
 * long as the event exists. An answer depends on nothing but the event.
 */
export class SharedAnswers {
  readonly #answers = new WeakMap<Update, Map<string, Promise<string>>>();
  readonly #mask: ErrorMask;

  constructor(mask: ErrorMask) {
    this.#mask = mask;
  }

  /** The answer to a subscriber as JSON; subscribers with the same `question` share it. */
  answer(update: Update, question: string, args: ExecutionArgs): Promise<string> {
    const known = this.#answers.get(update) ?? new Map<string, Promise<string>>();
    this.#answers.set(update, known);
    const answer = known.get(question) ?? this.#execute({ ...args, rootValue: update });
    known.set(question, answer);
    return answer;
  }

  async #execute(args: ExecutionArgs): Promise<string> {
    return JSON.stringify(maskResult(await execute(args), this.#mask));
  }
}

/**
 * Sends each update itself once the socket has accepted the previous one, and yields nothing: the caller only learns of the
 * end. An iterator instead of a generator, so that `return` reaches the source at once.
 */
export function deliver(
  updates: Updates,
  send: (update: Update) => Promise<void>,
): AsyncIterableIterator<never> {
  return {
    async next() {
      for (;;) {
        const { done, value } = (await updates.next()) as IteratorResult<Update, undefined>;
        if (done) return { done, value };
        await send(value);
      }
    },
    async return() {
      await updates.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
