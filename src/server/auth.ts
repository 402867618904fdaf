import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Config } from '../config.ts';
import { InputError } from '../input-error.ts';
import { Allowance } from '../keys/allowance.ts';
import type { KeyRing, ShownKey } from '../keys/key-ring.ts';
import { ANYBODY, type Caller, type Quota } from '../resolvers/caller.ts';
import type { Refusals } from '../resolvers/refusals.ts';
import { WRONG_KEYS_PER_MINUTE } from './limits.ts';
import type { ReadReached } from './reached.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Authentication and rate limits. */
export interface Access {
  /** Whether a key is required. */
  readonly areKeysAsked: () => boolean;
  /** The caller with an `Authorization` value; undefined if it carries no valid key. */
  readonly callerOf: (authorization: unknown) => Caller | undefined;
  /** The caller of a connection. Throws GraphQLError UNAUTHENTICATED, or TOO_MANY_REQUESTS after too many wrong keys. */
  readonly enter: (authorization: unknown, request: IncomingMessage) => Caller;
  /** The caller of an operation, counted against its rate limit. Throws GraphQLError UNAUTHENTICATED or TOO_MANY_REQUESTS. */
  readonly admit: (authorization: unknown, request: IncomingMessage) => Caller;
  /** Calls `end` when the key is revoked or expires, unless the returned function was called before. */
  readonly whileTaken: (authorization: unknown, end: () => void) => () => void;
}

/** The quotas of a key, from the settings. */
type Bounds = Pick<Config, 'keyWaitingJobs' | 'keyRequestsPerMinute' | 'keyBytesPerDay'>;

/** Accepts `Bearer <key>` for the keys of a ring; accepts everyone while no key is required. */
export function createAccess(
  ring: KeyRing,
  bounds: Bounds,
  refusals: Pick<Refusals, 'note'>,
  readReached: ReadReached,
): Access {
  const requests = new Allowance(bounds.keyRequestsPerMinute, MINUTE);
  const bytes = new Allowance(bounds.keyBytesPerDay, DAY);
  const wrongKeys = new Allowance(WRONG_KEYS_PER_MINUTE, MINUTE);

  const callerFrom = (key: ShownKey): Caller => {
    const { owner, name, role, mayPrioritize } = key;
    if (role === 'admin') return { owner, name, role, mayPrioritize: true, quota: null };
    return { owner, name, role, mayPrioritize, quota: quotaOf(owner, bounds, bytes) };
  };
  const callerOf = (authorization: unknown): Caller | undefined => {
    if (!ring.areAsked) return ANYBODY;
    const key = keyIn(authorization);
    const found = key === undefined ? 'missing' : ring.find(key);
    return typeof found === 'string' ? undefined : callerFrom(found);
  };

  const enter = (authorization: unknown, request: IncomingMessage): Caller => {
    const caller = callerOf(authorization);
    if (caller) return caller;
    const { client: address } = readReached(request);
    const seconds = authorization === undefined ? 0 : wrongKeys.take(address);
    const code = seconds > 0 ? 'TOO_MANY_REQUESTS' : 'UNAUTHENTICATED';
    refusals.note({ code, address, reason: whyNot(authorization, ring) });
    throw seconds > 0 ? tooMany(`${WRONG_KEYS_PER_MINUTE} wrong keys a minute`, seconds) : unauthenticated();
  };
  const admit = (authorization: unknown, request: IncomingMessage): Caller => {
    const caller = enter(authorization, request);
    const seconds = caller.quota === null ? 0 : requests.take(caller.owner);
    if (seconds === 0) return caller;
    const { client: address } = readReached(request);
    refusals.note({ code: 'TOO_MANY_REQUESTS', address, owner: caller.owner, reason: 'too many requests' });
    const bound = `${bounds.keyRequestsPerMinute} requests a minute for each key (KEY_REQUESTS_PER_MINUTE)`;
    throw tooMany(bound, seconds);
  };

  return {
    areKeysAsked: () => ring.areAsked,
    callerOf,
    enter,
    admit,
    whileTaken: (authorization, end) => {
      const key = keyIn(authorization);
      if (!ring.areAsked) return ring.hold(undefined, end);
      const found = key === undefined ? 'missing' : ring.find(key);
      return typeof found === 'string' ? () => undefined : ring.hold(found.hash, end);
    },
  };
}

const keyIn = (authorization: unknown): string | undefined =>
  typeof authorization === 'string' ? /^Bearer +(\S+)$/i.exec(authorization)?.[1] : undefined;

function whyNot(authorization: unknown, ring: KeyRing): string {
  const key = keyIn(authorization);
  const found = key === undefined ? 'missing' : ring.find(key);
  return typeof found === 'string' ? found : 'unknown';
}

const quotaOf = (owner: string, { keyWaitingJobs, keyBytesPerDay }: Bounds, bytes: Allowance): Quota => ({
  waitingJobs: keyWaitingJobs === 0 ? undefined : keyWaitingJobs,
  spendBytes: (amount) => {
    const seconds = bytes.take(owner, amount);
    if (seconds === 0) return;
    const message = `this key has used up its ${keyBytesPerDay} bytes of source images a day (KEY_BYTES_PER_DAY)`;
    throw new InputError('QUOTA_EXCEEDED', ['input'], `${message}; try again in ${seconds} seconds`, seconds);
  },
});

/** The refusal of a request without a valid key. */
export const unauthenticated = (): GraphQLError =>
  new GraphQLError('An API key is required: send the header "Authorization: Bearer <key>"', {
    extensions: {
      code: 'UNAUTHENTICATED',
      http: { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } },
    },
  });

const tooMany = (bound: string, seconds: number) =>
  new GraphQLError(`The server accepts ${bound}; try again in ${seconds} seconds`, {
    extensions: {
      code: 'TOO_MANY_REQUESTS',
      retryAfter: seconds,
      http: { status: 429, headers: { 'Retry-After': String(seconds) } },
    },
  });

/** Answers HTTP operations without a valid key with 401, and with 429 beyond the rate limit; the playground's page is public. */
export const requireKey = (access: Access): Plugin<object, { req: IncomingMessage }> => ({
  onRequestParse({ request, serverContext }) {
    access.admit(request.headers.get('authorization') ?? undefined, serverContext.req);
  },
});

/** The `Authorization` value among the parameters of a WebSocket's connection_init message, or among their `headers`. */
export function authorizationIn(parameters: Readonly<Record<string, unknown>> | undefined): unknown {
  const headers = parameters?.['headers'] as Readonly<Record<string, unknown>> | null | undefined;
  return [parameters, headers]
    .flatMap((values) => [values?.['authorization'], values?.['Authorization']])
    .find((value) => value !== undefined && value !== null);
}
