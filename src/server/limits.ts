import { EnvelopArmorPlugin } from '@escape.tech/graphql-armor';
import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { MAX_SOURCE_BYTES } from '../sources/source-bytes.ts';

/** Bytes of one HTTP request: the largest source image as a data: URL, and room for the rest. */
export const MAX_BODY_BYTES = Math.ceil((MAX_SOURCE_BYTES * 4) / 3) + 2 ** 20;

/** Bytes of a body that are kept in memory while the rest arrives, which goes to a file. */
export const MAX_BODY_BYTES_IN_MEMORY = 2 ** 18;

/** Milliseconds for which the rest of a refused body is read and dropped. */
export const REFUSED_BODY_TIME = 1_000;

/** Bytes of bodies in files at a time, over all clients. */
export const MAX_BODY_BYTES_IN_FILES = 2 ** 32;

/** Bytes of one WebSocket message, as many as of an HTTP request. */
export const MAX_MESSAGE_BYTES = MAX_BODY_BYTES;

/** Bytes that a new WebSocket may send before it is acknowledged. */
export const MAX_INTRODUCTION_BYTES = 64 * 2 ** 10;

/** Bytes that may be pending for a WebSocket's client when more are sent. */
export const MAX_UNSENT_BYTES = 16 * 2 ** 20;

/** Characters of a document, checked before it is parsed, hashed or stored. */
export const MAX_DOCUMENT_LENGTH = 100_000;

/** Levels that brackets may be nested in a document, checked before it is parsed: introspection needs 20. */
export const MAX_DOCUMENT_DEPTH = 100;

/** Parsed documents in the cache. */
export const MAX_KEPT_DOCUMENTS = 200;

/** Characters of a name in a document: answers and errors repeat it. */
export const MAX_NAME_LENGTH = 200;

/** Characters of a WebSocket operation's id: every message repeats it. */
export const MAX_OPERATION_ID_LENGTH = 200;

/** Levels that the JSON of a request may be nested, its variables included. */
export const MAX_JSON_DEPTH = 20;

/** Keys and list entries that the JSON of a request may have. */
export const MAX_JSON_VALUES = 2000;

/** Errors in an answer. */
export const MAX_ERRORS = 10;

/** Parts of a multipart request. */
export const MAX_PARTS = 20;

/** Operations that one WebSocket connection may have open. */
export const MAX_OPERATIONS_PER_CONNECTION = 1000;

/** Characters of documents and variables that the subscriptions of one WebSocket connection may hold together. */
export const MAX_HELD_LENGTH = 4 * 2 ** 20;

/** Bytes of answers that may be pending for one client address when it sends another request. */
export const MAX_WAITING_BYTES = 128 * 2 ** 20;

/** Milliseconds in which a client must read some of its answer, and bytes a second that it must read of a large one. */
export const SEND_TIMEOUT = 30_000;
export const MIN_SEND_RATE = 64 * 2 ** 10;

/** Milliseconds between two checks of pending answers. */
export const READERS_CHECK_INTERVAL = 5_000;

/** Milliseconds that an idle connection stays open: longer than in proxies, which would otherwise use a closed one. */
export const KEEP_ALIVE_TIMEOUT = 75_000;

/** Milliseconds in which the headers of a request must arrive. */
export const HEADERS_TIMEOUT = 80_000;
/** Wrong keys that an address may send within a minute; beyond it they are answered with 429. */
export const WRONG_KEYS_PER_MINUTE = 60;

/** Milliseconds in which `connection_init` must arrive on a new WebSocket. */
export const CONNECTION_INIT_TIMEOUT = 5_000;

/** Milliseconds between two pings; a connection that has not answered by the next one is dropped. */
export const PING_INTERVAL = 12_000;

/** Milliseconds that a client has to answer when the server closes the connection. */
export const CLOSING_TIME = 1_000;

/** Milliseconds for streams to deliver the terminal events of jobs when the server closes; then all streams are cut off. */
export const STREAM_ENDING_TIME = 250;

/** Milliseconds for HTTP requests in progress when the server closes. */
export const DRAINING_TIME = 5_000;

/** Gives a limit's error a code and status 400; the library's errors have neither, and a wrong prefix. */
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
