import { createHash, timingSafeEqual } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Who sends an `Authorization` value: a name made from a hash of the key, '' where the server has no keys, undefined if it
 * carries none of them.
 */
export type Authorize = (authorization: unknown) => string | undefined;

/** Digits of a key's hash that name its owner: enough to tell keys apart, too few to find one from it. */
const OWNER_DIGITS = 16;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Accepts `Bearer <key>` for any of the keys; accepts everybody if there are none. */
export function createAuthorize(apiKeys: readonly string[]): Authorize {
  if (apiKeys.length === 0) return () => '';
  const known = apiKeys.map(digest);
  return (authorization) => {
    const key = typeof authorization === 'string' ? /^Bearer +(\S+)$/i.exec(authorization)?.[1] : undefined;
    if (key === undefined) return undefined;
    const given = digest(key);
    const isKnown = known.some((candidate) => timingSafeEqual(candidate, given));
    return isKnown ? digest(`owner of ${key}`).toString('hex').slice(0, OWNER_DIGITS) : undefined;
  };
}

/** Answers HTTP operations without a key with 401; the playground's page itself is open. */
export const requireKey = (authorize: Authorize): Plugin => ({
  onRequestParse({ request }) {
    if (authorize(request.headers.get('authorization')) !== undefined) return;
    throw new GraphQLError('An API key is required: send the header "Authorization: Bearer <key>"', {
      extensions: {
        code: 'UNAUTHENTICATED',
        http: { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } },
      },
    });
  },
});

/** The `Authorization` value among the parameters of a WebSocket's connection_init message, or among their `headers`. */
export function authorizationIn(parameters: Readonly<Record<string, unknown>> | undefined): unknown {
  const headers = parameters?.['headers'] as Readonly<Record<string, unknown>> | null | undefined;
  return [parameters, headers]
    .flatMap((values) => [values?.['authorization'], values?.['Authorization']])
    .find((value) => value !== undefined && value !== null);
}
