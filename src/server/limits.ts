import { EnvelopArmorPlugin } from '@escape.tech/graphql-armor';
import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { MAX_SOURCE_BYTES } from '../sources/source-bytes.ts';

/** Bytes of one HTTP request: the largest source image as a data: URL, and room for the rest. */
export const MAX_BODY_BYTES = Math.ceil((MAX_SOURCE_BYTES * 4) / 3) + 2 ** 20;

/** Bytes of one WebSocket message; large pictures belong into HTTP. */
export const MAX_MESSAGE_BYTES = 4 * 2 ** 20;

/** Operations that one WebSocket connection may have open. */
export const MAX_OPERATIONS_PER_CONNECTION = 1000;

/** Wrong keys that an address may send within a minute; beyond it they are answered with 429. */
export const WRONG_KEYS_PER_MINUTE = 60;

/** Milliseconds in which a new WebSocket has to introduce itself. */
export const CONNECTION_INIT_TIMEOUT = 5_000;

/** Milliseconds between two pings; a connection that has not answered by the next one is dropped. */
export const PING_INTERVAL = 12_000;

/** Milliseconds that a client has to answer when the server closes the connection. */
export const CLOSING_TIME = 1_000;

/** Milliseconds in which a stream whose job has just ended tells so when the server closes; the others are cut off then. */
export const STREAM_ENDING_TIME = 250;

/** Milliseconds that HTTP requests under way have to end when the server closes. */
export const DRAINING_TIME = 5_000;

/** Gives a limit's error a code and status 400; as the library throws them they have neither, and a wrong prefix. */
const rejectedAs = (code: string) => ({
  onReject: [
    (_context: unknown, error: GraphQLError) => {
      error.message = error.message.replace(/^Syntax Error: /, '');
      Object.assign(error.extensions, { code, http: { status: 400, spec: true } });
    },
  ],
});

/** Bounds on the shape of a document, checked before anything runs. */
export const documentLimits = (): Plugin =>
  EnvelopArmorPlugin({
    blockFieldSuggestion: { enabled: false },
    maxTokens: { n: 2000, ...rejectedAs('TOO_MANY_TOKENS') },
    maxDepth: { n: 10, flattenFragments: true, ...rejectedAs('TOO_DEEP') },
    maxAliases: { n: 30, ...rejectedAs('TOO_MANY_ALIASES') },
    maxDirectives: { n: 30, ...rejectedAs('TOO_MANY_DIRECTIVES') },
    costLimit: { maxCost: 20_000, flattenFragments: true, ...rejectedAs('TOO_EXPENSIVE') },
  });
