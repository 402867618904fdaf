import type { IncomingMessage } from 'node:http';
import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import { _createLRUCache, createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from 'pino';
import { objectsOf } from '../resolvers/caller.ts';
import { InlineBudget } from '../resolvers/images.ts';
import { createJobLoader } from '../resolvers/jobs.ts';
import type { Services } from '../resolvers/services.ts';
import { jobsSeenBy } from '../resolvers/visible-jobs.ts';
import type { Context } from '../schema/index.ts';
import { shapeAnswers } from './answers.ts';
import { type Access, requireKey, unauthenticated } from './auth.ts';
import { checkDocuments } from './documents.ts';
import type { ErrorMask } from './errors.ts';
import { PLAYGROUND_SCRIPT, playgroundOptions, renderPlayground } from './graphiql.ts';
import { refusal } from './json.ts';
import { documentLimits, MAX_BODY_BYTES, MAX_KEPT_DOCUMENTS } from './limits.ts';
import type { LiveSchema } from './live-schema.ts';
import { whyOriginRefused, type OriginPolicy } from './origins.ts';
import type { ReadReached } from './reached.ts';
import { noteHttpRefusals } from './refusals.ts';
import { readOperations } from './requests.ts';
import type { SlowReaders } from './slow-readers.ts';
import type { Studio } from './studio.ts';
import { traceOperations } from './tracing.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

/** The context that a transport passes with an operation. */
export interface Transport {
  readonly req: IncomingMessage;
  /** The `Authorization` value where it is not a header. */
  readonly authorization?: unknown;
}

export type GraphQLServer = YogaServerInstance<Transport, Context>;

/** Headers that a page cannot send to another site without a preflight request. */
const PREFLIGHTED_HEADERS = [
  'x-graphql-yoga-csrf',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'graphql-preflight',
  'authorization',
];

/**
 * GET is allowed, so that EventSource works: it can only be a query, which changes nothing and whose answer other sites cannot
 * read. Methods other than POST are refused anyway.
 */
function preventCsrf(): Plugin {
  const { onRequestParse } = useCSRFPrevention({ requestHeaders: PREFLIGHTED_HEADERS }) as Plugin;
  return {
    onRequestParse: (payload) => {
      if (payload.request.method !== 'POST') return undefined;
      try {
        return onRequestParse?.(payload);
      } catch {
        const headers = PREFLIGHTED_HEADERS.join(', ');
        const message = `Any page could have sent this: send application/json, or one of the headers ${headers}`;
        throw refusal(403, 'FORBIDDEN', message);
      }
    },
  };
}

/** GraphQL over HTTP and SSE with the playground, and the execution functions that the WebSocket shares. */
export function createGraphQLServer(
  services: Services,
  parts: {
    readonly maskError: ErrorMask;
    readonly access: Access;
    readonly log: Logger;
    readonly isAllowedOrigin: OriginPolicy;
    readonly readReached: ReadReached;
    readonly slowReaders: SlowReaders;
    readonly trustedDocuments: TrustedDocuments | undefined;
    readonly schema: LiveSchema;
    readonly studio: Studio;
  },
): GraphQLServer {
  return createYoga<Transport, Context>({
    context: (transport) => {
      const caller = parts.access.callerOf(transport.authorization ?? transport.req.headers.authorization);
      if (!caller) throw unauthenticated();
      const jobs = jobsSeenBy(caller, services.jobs);
      const { baseUrl, ownUrls } = parts.readReached(transport.req);
      return {
        services: { ...services, jobs, objects: objectsOf(caller, services) },
        jobLoader: createJobLoader(jobs),
        inlineBudget: new InlineBudget(),
        baseUrl,
        ownUrls,
        caller,
      };
    },
    plugins: [
      parts.schema.plugin(),
      requireKey(parts.access),
      preventCsrf(),
      readOperations(),
      ...(parts.trustedDocuments ? [parts.trustedDocuments.plugin()] : []),
      checkDocuments(),
      documentLimits(),
      shapeAnswers(parts.slowReaders),
      noteHttpRefusals(services.refusals),
      traceOperations(),
    ],
    parserAndValidationCache: {
      documentCache: _createLRUCache({ max: MAX_KEPT_DOCUMENTS }),
      errorCache: _createLRUCache({ max: MAX_KEPT_DOCUMENTS }),
    },
    maskedErrors: { maskError: parts.maskError },
    maxRequestBodySize: MAX_BODY_BYTES,
    cors: (request, context) => {
      const origin = request.headers.get('origin');
      if (origin === null) return false;
      if (parts.isAllowedOrigin(origin, parts.readReached((context as Transport).req).host)) {
        return { origin, credentials: false, methods: ['GET', 'POST', 'OPTIONS'], maxAge: 600 };
      }
      services.refusals.note({ code: 'FORBIDDEN', reason: whyOriginRefused(origin) });
      return false;
    },
    // The playground runs documents that its user writes.
    graphiql: !parts.trustedDocuments?.areOnly && playgroundOptions(parts.access.areKeysAsked()),
    renderGraphiQL: async (options) =>
      renderPlayground(options, {
        hasPictures: await parts.studio.has(PLAYGROUND_SCRIPT),
        areKeysAsked: parts.access.areKeysAsked(),
      }),
    landingPage: false,
    logging: false, // the error mask logs unexpected errors
  });
}
