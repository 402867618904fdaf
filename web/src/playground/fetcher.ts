import { createClient } from 'graphql-ws';
import { presentKey } from '../state/key.ts';
import { createStore } from '../state/store.ts';
import { writeDefaults } from './docs.ts';
import { bodyOf } from './files.ts';
import { picturesIn, type Picture } from './pictures.ts';

/** An operation from GraphiQL. */
interface Operation {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Record<string, unknown>;
}

/** Further options from GraphiQL. */
interface Details {
  readonly headers?: Readonly<Record<string, string>>;
  readonly documentAST?: {
    readonly definitions: readonly {
      readonly kind: string;
      readonly operation?: string;
      readonly name?: { readonly value: string };
    }[];
  };
}

/** The pictures of the last answer that contained any. */
export const pictures = createStore<readonly Picture[]>([]);

/** Whether the server has asked for an API key. */
export const isKeyMissing = createStore(false);

/** The API at this page's own address. */
const ENDPOINT = new URL(location.pathname, location.origin);

const authorization = (): { authorization?: string } => {
  const key = presentKey();
  return key === null ? {} : { authorization: `Bearer ${key}` };
};

const socket = createClient({
  url: String(ENDPOINT).replace(/^http/, 'ws'),
  connectionParams: authorization,
  retryAttempts: 0,
});

/** Runs an operation: subscriptions over WebSocket, others over HTTP, with the entered key. */
export function fetcher(given: Operation, details: Details = {}) {
  const isStale = !namesItsOperation(given);
  const operation = isStale ? { ...given, operationName: null } : given;
  const follows = isStale ? STARTS_SUBSCRIPTION.test(given.query) : isSubscription(given, details);
  return follows ? follow(operation) : ask(operation, details);
}

/** For half a second after a change of tabs GraphiQL gives the new document with the name and the syntax tree of the one before. */
const namesItsOperation = ({ query, operationName }: Operation): boolean =>
  operationName == null || new RegExp(`\\b(query|mutation|subscription)\\s+${operationName}\\b`).test(query);

const STARTS_SUBSCRIPTION = /^\s*subscription\b/m;

const isSubscription = ({ operationName }: Operation, { documentAST }: Details): boolean =>
  documentAST?.definitions.some(
    ({ kind, operation, name }) =>
      kind === 'OperationDefinition' &&
      operation === 'subscription' &&
      (operationName == null || name?.value === operationName),
  ) ?? false;

async function ask(operation: Operation, { headers = {} }: Details): Promise<unknown> {
  const body = await bodyOf(operation);
  const response = await fetch(ENDPOINT, {
    method: 'POST',
    body,
    headers: {
      accept: 'application/json',
      'graphql-preflight': '1',
      ...(typeof body === 'string' && { 'content-type': 'application/json' }),
      ...authorization(),
      ...headers,
    },
  });
  const answer = (await response.json()) as { data?: unknown };
  if (response.status === 401) isKeyMissing.set(true);
  note(answer.data);
  writeDefaults(answer);
  return answer;
}

async function* follow(operation: Operation): AsyncGenerator {
  for await (const event of socket.iterate({
    ...operation,
    operationName: operation.operationName ?? null,
  })) {
    note(event.data);
    yield event;
  }
}

function note(data: unknown): void {
  const found = picturesIn(data);
  if (found.length > 0) pictures.set(found);
}
