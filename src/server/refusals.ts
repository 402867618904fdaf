import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { NOTED, type Refusals } from '../resolvers/refusals.ts';
import type { ErrorMask } from './errors.ts';

/** Codes that are logged where they occur: by the error mask or by authentication. */
const LOGGED_ERRORS = [
  ...['INTERNAL_SERVER_ERROR', 'STORAGE_FULL', 'STORAGE_UNAVAILABLE', 'IMAGE_LOST', 'QUEUE_UNAVAILABLE'],
  ...['UNAUTHENTICATED', 'TOO_MANY_REQUESTS'],
];

function note({ message: reason, extensions }: GraphQLError, refusals: Refusals): void {
  const code = String(extensions['code']);
  if (!LOGGED_ERRORS.includes(code) && !Object.hasOwn(extensions, NOTED)) refusals.note({ code, reason });
}

/** Counts and logs the errors of answers over HTTP. */
export const noteHttpRefusals = (refusals: Refusals): Plugin => ({
  onResultProcess({ result }) {
    for (const one of [result].flat()) {
      if (!('errors' in one)) continue;
      for (const error of one.errors ?? []) note(error, refusals);
    }
  },
});

/** The same mask, which also counts and logs the errors that it passes on, each once. */
export function notingRefusals(mask: ErrorMask, refusals: Refusals): ErrorMask {
  const masked = new WeakSet<object>();
  return (error) => {
    const answer = mask(error);
    if (!masked.has(error as object)) note(answer, refusals);
    masked.add(answer);
    return answer;
  };
}
