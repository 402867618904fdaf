import { createHash, timingSafeEqual } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Tells whether an `Authorization` value carries one of the server's keys. */
export type Authorize = (authorization: unknown) => boolean;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Accepts `Bearer <key>` for any of the keys; accepts everybody if there are none. */
export function createAuthorize(apiKeys: readonly string[]): Authorize {
  if (apiKeys.length === 0) return () => true;
  const known = apiKeys.map(digest);
  return (authorization) => {
    const key = typeof authorization === 'string' ? /^Bearer +(\S+)$/i.exec(authorization)?.[1] : undefined;
    if (key === undefined) return false;
    const given = digest(key);
    return known.some((candidate) => timingSafeEqual(candidate, given));
  };
}

/** Answers HTTP operations without a key with 401; the playground's page itself is open. */
export const requireKey = (authorize: Authorize): Plugin => ({
  onRequestParse({ request }) {
    if (authorize(request.headers.get('authorization'))) return;
    throw new GraphQLError('An API key is required: send the header "Authorization: Bearer <key>"', {
      extensions: {
        code: 'UNAUTHENTICATED',
        http: { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } },
      },
    });
  },
});

/** The `Authorization` value among the parameters of a WebSocket's connection_init message. */
export const authorizationIn = (parameters: Readonly<Record<string, unknown>> | undefined): unknown =>
  parameters?.['authorization'] ?? parameters?.['Authorization'];
