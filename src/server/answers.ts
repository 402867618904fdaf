import type { IncomingMessage } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { mapAsyncIterator, processRegularResult, type Plugin } from 'graphql-yoga';
import { boundResult } from './errors.ts';
import { refusal } from './json.ts';
import { PLAYGROUND_POLICY } from './responses.ts';
import type { SlowReaders } from './slow-readers.ts';

/** Media types of answers to operations over HTTP. */
const ANSWER_TYPES = [
  'application/graphql-response+json',
  'application/json',
  'text/event-stream',
  'multipart/mixed',
] as const;

/** Finishes answers over HTTP: bounds their errors, gives every status a reason in JSON, adds headers for proxies. */
export const shapeAnswers = (
  slowReaders: Pick<SlowReaders, 'hasRoom'>,
): Plugin<{ req: IncomingMessage }, { req: IncomingMessage }> => ({
  onRequestParse({ request }) {
    if (!isAnswerable(request.headers.get('accept'))) throw notAcceptable(request);
  },
  onResultProcess(payload) {
    const { request, result } = payload;
    if (!payload.resultProcessor) {
      const isRefused = 'errors' in result && !(Symbol.asyncIterator in result);
      if (Symbol.asyncIterator in result) void result[Symbol.asyncIterator]().return?.();
      if (!isRefused) payload.setResult({ errors: [notAcceptable(request)] });
      payload.setResultProcessor(processRegularResult, 'application/json');
    } else if (Symbol.asyncIterator in result) {
      payload.setResult(mapAsyncIterator(result as AsyncIterable<ExecutionResult>, boundResult));
    } else if (!Array.isArray(result)) payload.setResult(boundResult(result as ExecutionResult));
  },
  onResponse(payload) {
    const { request, serverContext, fetchAPI } = payload;
    const { headers } = payload.response;
    const type = headers.get('content-type') ?? '';
    if (!slowReaders.hasRoom(serverContext.req.socket, Number(headers.get('content-length')))) {
      const errors = [{ message: UNREAD, extensions: { code: 'TOO_MUCH_UNREAD' } }];
      const init = { status: 503, headers: { 'content-type': 'application/json', 'retry-after': '5' } };
      payload.setResponse(new fetchAPI.Response(JSON.stringify({ errors }), init));
      return;
    }
    if (request.method !== 'OPTIONS') headers.set('cache-control', 'no-store');
    headers.set('vary', [headers.get('vary') ?? [], 'Origin'].flat().join(', '));
    if (type.startsWith('text/event-stream')) headers.set('x-accel-buffering', 'no'); // else nginx buffers the stream
    if (type.startsWith('text/html')) headers.set('content-security-policy', PLAYGROUND_POLICY);
  },
});

/** The message to a client with too many unread answers. */
export const UNREAD = 'This client has too many unread answers: read them, then try again';

/** Whether an Accept header allows any of the answers. */
function isAnswerable(accept: string | null): boolean {
  if (accept === null || accept.trim() === '') return true;
  const ranges = accept.split(',').map((range) => range.split(';')[0]!.trim().toLowerCase());
  return ranges.some(
    (range) =>
      range === '*/*' || ANSWER_TYPES.some((type) => range === type || range === `${type.split('/')[0]!}/*`),
  );
}

const notAcceptable = (request: Request) =>
  refusal(
    406,
    'NOT_ACCEPTABLE',
    `Accept must allow application/graphql-response+json or application/json, or text/event-stream for a subscription; ` +
      `got "Accept: ${request.headers.get('accept') ?? ''}"`,
  );
