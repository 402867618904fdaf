import { randomUUID } from 'node:crypto';
import { GraphQLError, type ExecutionResult } from 'graphql';
import type { Logger } from 'pino';
import { cutValues, InputError } from '../input-error.ts';
import { QueueUnavailableError } from '../jobs/queue.ts';
import { notedExtension } from '../resolvers/refusals.ts';
import { BusyError } from '../sources/byte-budget.ts';
import { LostObjectError, StorageFullError, StorageUnavailableError } from '../storage/object-store.ts';
import { MAX_ERRORS } from './limits.ts';

const UNAVAILABLE = { status: 503, headers: { 'Retry-After': '5' } };

/** Converts anything thrown into an error that a client may see. */
export type ErrorMask = (error: unknown) => GraphQLError;

/**
 * Expected failures keep their message and get an `extensions.code`; everything else is logged in full under an id, and
 * the client sees only the id.
 */
export function createErrorMask(log: Logger): ErrorMask {
  return (error) => {
    const where = error instanceof GraphQLError ? locationOf(error) : undefined;
    const cause = causeOf(error);
    if (cause instanceof GraphQLError) return withCode(error instanceof GraphQLError ? error : cause);
    if (cause instanceof InputError) {
      const { message, code, field } = cause;
      return new GraphQLError(message, { ...where, extensions: { code, field, ...notedExtension(cause) } });
    }
    if (cause instanceof StorageFullError) {
      log.error({ err: cause }, 'the disk is full');
      const extensions = { code: 'STORAGE_FULL', http: { status: 507 } };
      return new GraphQLError('The server has no room for another image or job; try again later', {
        ...where,
        extensions,
      });
    }
    if (cause instanceof StorageUnavailableError) {
      log.error({ err: cause }, 'the object store is unavailable');
      const extensions = { code: 'STORAGE_UNAVAILABLE', http: UNAVAILABLE };
      return new GraphQLError('The object store is unavailable; try again later', { ...where, extensions });
    }
    if (cause instanceof LostObjectError) {
      log.error({ err: cause, sha256: cause.sha256 }, 'a stored picture is lost: latentql check finds all');
      const message = `${cause.message}: ask its operator for a backup`;
      return new GraphQLError(message, { ...where, extensions: { code: 'IMAGE_LOST' } });
    }
    if (cause instanceof QueueUnavailableError) {
      log.error({ err: cause }, 'the queue is unavailable');
      const extensions = {
        code: 'QUEUE_UNAVAILABLE',
        http: UNAVAILABLE,
      };
      return new GraphQLError('The queue is unavailable; try again later', { ...where, extensions });
    }
    if (cause instanceof BusyError) {
      const http = { status: 503, headers: { 'Retry-After': String(cause.retryAfter) } };
      return new GraphQLError(cause.message, {
        ...where,
        extensions: { code: 'BUSY', http, ...notedExtension(cause) },
      });
    }
    const id = randomUUID();
    log.error({ id, err: cause, path: where?.path }, 'unexpected error');
    return new GraphQLError(`Unexpected error; see ${id} in the server's log`, {
      ...where,
      extensions: { code: 'INTERNAL_SERVER_ERROR', id, unexpected: true },
    });
  };
}

/** The result with its errors masked. */
export const maskResult = ({ errors, ...result }: ExecutionResult, mask: ErrorMask): ExecutionResult =>
  errors ? boundResult({ ...result, errors: errors.map(mask) }) : result;

/** The result with at most MAX_ERRORS errors; its extensions count the omitted ones. */
export function boundResult(result: ExecutionResult): ExecutionResult {
  if (!result.errors) return result;
  const errors = boundErrors(result.errors);
  const omittedErrors = result.errors.length - errors.length;
  const extensions = omittedErrors > 0 ? { extensions: { ...result.extensions, omittedErrors } } : {};
  return { ...result, errors, ...extensions };
}

/** The first MAX_ERRORS errors, with long values from the client shortened. */
export function boundErrors(errors: readonly GraphQLError[]): GraphQLError[] {
  const first = errors.slice(0, MAX_ERRORS);
  for (const error of first) error.message = cutValues(error.message);
  return first;
}

/** The same mask for a transport without HTTP statuses: `extensions.http` is removed. */
export const withoutHttp =
  (mask: ErrorMask): ErrorMask =>
  (error) => {
    const masked = mask(error);
    const { http: _http, ...extensions } = masked.extensions;
    return new GraphQLError(masked.message, { ...locationOf(masked), extensions });
  };

/** The original error, without the wrappers that execution adds. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

const locationOf = ({ nodes, source, positions, path }: GraphQLError) => ({
  nodes: nodes ?? null,
  source: source ?? null,
  positions: positions ?? null,
  path: path ?? null,
});

/**
 * Errors of the request as a whole come without a code from the libraries that make them. `spec` lets a document that
 * cannot run be answered with 200 where a client asks for plain application/json; the executor leaves it out for variables.
 */
function withCode(error: GraphQLError): GraphQLError {
  const { extensions, message, path } = error;
  if (path) {
    extensions['code'] ??= 'BAD_USER_INPUT';
  } else if (message.startsWith('Syntax Error')) {
    extensions['code'] ??= 'GRAPHQL_PARSE_FAILED';
    extensions.http ??= { status: 400, spec: true };
  } else if (message.startsWith('Variable "$')) {
    extensions['code'] ??= 'BAD_USER_INPUT';
    extensions.http = { status: 400, spec: true };
  } else {
    extensions['code'] ??= extensions.http?.status === 403 ? 'FORBIDDEN' : 'BAD_REQUEST';
    extensions.http ??= { status: 400 };
  }
  return error;
}
