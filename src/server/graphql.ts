import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { IncomingMessage } from 'node:http';
import { InlineBudget } from '../resolvers/images.ts';
import { createJobLoader } from '../resolvers/jobs.ts';
import type { Services } from '../resolvers/services.ts';
import { buildValidSchema, type Context } from '../schema/index.ts';
import { requireKey, type Authorize } from './auth.ts';
import type { ErrorMask } from './errors.ts';
import { playgroundOptions, renderPlayground } from './graphiql.ts';
import { documentLimits, MAX_BODY_BYTES } from './limits.ts';
import type { OriginPolicy } from './origins.ts';
import { noteHttpRefusals } from './refusals.ts';

/** What a transport hands in with an operation. */
export interface Transport {
  readonly req: IncomingMessage;
  /** The `Authorization` value, where it did not come as a header. */
  readonly authorization?: unknown;
}

export type GraphQLServer = YogaServerInstance<Transport, Context>;

/** Headers that a page cannot send to another site without asking it first. */
const PREFLIGHTED_HEADERS = ['x-graphql-yoga-csrf', 'apollo-require-preflight', 'authorization'];

/**
 * A GET can only be a query, which changes nothing and whose answer no other site can read: EventSource must work. Methods
 * other than POST are refused anyway.
 */
function preventCsrf(): Plugin {
  const { onRequestParse } = useCSRFPrevention({ requestHeaders: PREFLIGHTED_HEADERS }) as Plugin;
  return {
    onRequestParse: (payload) => (payload.request.method === 'POST' ? onRequestParse?.(payload) : undefined),
  };
}

/** GraphQL over HTTP and SSE with the playground, and the engine that the WebSocket shares. */
export function createGraphQLServer(
  services: Services,
  parts: {
    readonly maskError: ErrorMask;
    readonly authorize: Authorize;
    readonly isAllowedOrigin: OriginPolicy;
    /** Where the server listens; stands in where a request has no Host. */
    readonly listeningUrl: () => string;
  },
): GraphQLServer {
  const baseUrl = ({ req }: Transport): string =>
    services.config.publicUrl ??
    (req.headers.host === undefined ? parts.listeningUrl() : `http://${req.headers.host}`);

  return createYoga<Transport, Context>({
    schema: buildValidSchema(services.models.entries, { isSubgraph: services.config.federation }),
    context: (transport) => ({
      services,
      jobLoader: createJobLoader(services.jobs),
      inlineBudget: new InlineBudget(),
      baseUrl: baseUrl(transport),
      owner: parts.authorize(transport.authorization ?? transport.req.headers.authorization) ?? '',
    }),
    plugins: [
      requireKey(parts.authorize),
      preventCsrf(),
      documentLimits(),
      noteHttpRefusals(services.refusals),
    ],
    maskedErrors: { maskError: parts.maskError },
    maxRequestBodySize: MAX_BODY_BYTES,
    cors: (request) => {
      const origin = request.headers.get('origin');
      return origin !== null && parts.isAllowedOrigin(origin, request.headers.get('host') ?? undefined)
        ? { origin, credentials: false, methods: ['GET', 'POST', 'OPTIONS'], maxAge: 600 }
        : false;
    },
    graphiql: playgroundOptions(services.config),
    renderGraphiQL: renderPlayground,
    landingPage: false,
    logging: false, // the error mask logs what is worth it
  });
}
