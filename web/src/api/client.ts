import { createClient } from 'graphql-ws';
import {
  Client,
  createRequest,
  fetchExchange,
  subscriptionExchange,
  type AnyVariables,
  type CombinedError,
} from 'urql';
import { askForKey, keyIsThere, presentKey } from '../state/key.ts';
import { presentTexts } from '../texts/index.ts';
import { noteClosed, noteOpen, waitToRetry } from './connection.ts';
import type { TypedDocumentString } from './generated/graphql.ts';

/** Milliseconds after which a connection that does not answer a ping counts as lost. */
const PING_INTERVAL = 15_000;

/** The API, relative to this page. */
export const ENDPOINT = new URL('graphql', document.baseURI);

/** WebSocket close code for a rejected API key. */
const FORBIDDEN = 4403;

const whenOpen = new Set<() => void>();

const socket = createClient({
  url: () => String(ENDPOINT).replace(/^http/, 'ws'),
  connectionParams: () => {
    const key = presentKey();
    return key === null ? {} : { authorization: `Bearer ${key}` };
  },
  keepAlive: PING_INTERVAL,
  lazyCloseTimeout: 60_000,
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: async (attempt) => {
    await keyIsThere();
    await waitToRetry(attempt);
  },
  on: {
    connected: () => {
      noteOpen();
      for (const notify of whenOpen) notify();
    },
    closed: (event) => {
      const code = (event as CloseEvent | undefined)?.code;
      if (code === FORBIDDEN) void askForKey();
      else noteClosed(code);
    },
  },
});

const client = new Client({
  url: String(ENDPOINT),
  preferGetMethod: false,
  requestPolicy: 'network-only',
  exchanges: [
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables, extensions }) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe(
            { query: query ?? '', variables: variables as Record<string, unknown>, extensions },
            {
              next: ({ data, errors }) => {
                sink.next({ data: data ?? null, ...(errors && { errors: [...errors] }) });
              },
              error: (error) => {
                sink.error(error);
              },
              complete: () => {
                sink.complete();
              },
            },
          ),
        }),
      }),
    }),
  ],
  fetchOptions: () => fetchOptions(),
});

/** `keepalive` lets the request outlive the page. */
function fetchOptions(keepalive = false): RequestInit {
  const key = presentKey();
  return {
    keepalive,
    headers: { 'graphql-preflight': '1', ...(key !== null && { authorization: `Bearer ${key}` }) },
  };
}

/** A request that failed. */
export class RequestError extends Error {
  readonly code: string | undefined;
  /** Seconds after which the same request may succeed. */
  readonly retryAfter: number | undefined;

  constructor({ message, networkError, response, graphQLErrors: [first] }: CombinedError) {
    const isAnswered = networkError === undefined || response !== undefined;
    super(
      isAnswered ? (first?.message ?? networkError?.message ?? message) : presentTexts().connection.noAnswer,
    );
    this.code = first?.extensions['code'] as string | undefined;
    this.retryAfter = first?.extensions['retryAfter'] as number | undefined;
  }
}

/** Runs a query or mutation; asks for an API key where one is required. Throws RequestError. */
export async function request<Data, Variables extends AnyVariables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  { keepalive = false } = {},
): Promise<Data> {
  for (;;) {
    const wasNamed = areNamed; // a parallel request may set it meanwhile
    const { data, error } = await run(document, variables, keepalive);
    if (!error && data !== undefined) return data;
    const failure = error ? new RequestError(error) : undefined;
    if (failure?.code === UNTRUSTED && !wasNamed) {
      areNamed = true;
      continue;
    }
    if (failure?.code !== 'UNAUTHENTICATED') throw failure ?? new Error('the answer is empty');
    await askForKey();
  }
}

function run<Data, Variables extends AnyVariables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  keepalive: boolean,
) {
  const operation = requestFor(document, variables);
  const source = isMutation(document)
    ? client.executeMutation(operation, { fetchOptions: () => fetchOptions(keepalive) })
    : client.executeQuery(operation);
  return source.toPromise();
}

/** Whether the server refused an unknown document (TRUSTED_DOCUMENTS_ONLY). */
const UNTRUSTED = 'UNTRUSTED_DOCUMENT';

/** Whether documents are sent by hash: a server with TRUSTED_DOCUMENTS_ONLY requires it, and knows those of the studio. */
let areNamed = false;

/** Replaces a document by its hash where the server requires it. */
export const extensionsFor = ({ __meta__ }: Pick<TypedDocumentString<unknown, unknown>, '__meta__'>) =>
  areNamed
    ? {
        persistedQuery: {
          version: 1 as const,
          sha256Hash: String(__meta__?.['hash']),
        },
      }
    : undefined;

const requestFor = <Data, Variables extends AnyVariables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
) => createRequest<Data, Variables>(document.toString(), variables, extensionsFor(document));

const isMutation = (document: TypedDocumentString<unknown, never>): boolean =>
  document.toString().trimStart().startsWith('mutation');

/** Subscribes, and resubscribes after a reconnection. Returns the unsubscribe function. */
export function listen<Data, Variables extends AnyVariables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  next: (data: Data) => void,
): () => void {
  const subscription = client.executeSubscription(requestFor(document, variables)).subscribe(({ data }) => {
    if (data !== undefined) next(data);
  });
  return () => {
    subscription.unsubscribe();
  };
}

/** Calls `notify` on every (re)connection. Returns the unsubscribe function. */
export function onConnected(notify: () => void): () => void {
  whenOpen.add(notify);
  return () => whenOpen.delete(notify);
}
