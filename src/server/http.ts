import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { InputError } from '../input-error.ts';
import { EXAMPLE_PATH, examplePicture } from '../sources/own-picture.ts';
import type { Services } from '../resolvers/services.ts';
import { countBody } from './body-budget.ts';
import type { ErrorMask } from './errors.ts';
import type { GraphQLServer } from './graphql.ts';
import { serveHealth, serveReadiness } from './health.ts';
import { serveImage } from './images.ts';
import { LANDING_PAGE } from './landing.ts';
import { STREAM_ENDING_TIME } from './limits.ts';
import { serveMetrics, type Metrics } from './metrics.ts';
import { sendHtml, sendJson } from './responses.ts';

/** Where GraphQL is served, over HTTP and over WebSocket. */
export const GRAPHQL_PATH = '/graphql';

/** What the routes need. */
export interface HttpParts {
  readonly services: Services;
  readonly graphql: GraphQLServer;
  readonly maskError: ErrorMask;
  readonly metrics: Metrics;
  readonly isDraining: () => boolean;
}

/** An HTTP server and how to end it. */
export interface DrainingServer {
  readonly http: Server;
  /** Takes no more requests, soon cuts off streams and lets other answers under way end, for `time` milliseconds at most. */
  readonly drain: (time: number) => Promise<void>;
}

/** The HTTP server, not yet listening. */
export function createHttpServer(parts: HttpParts): DrainingServer {
  const underWay = new Set<ServerResponse>();
  const http = createServer((request, response) => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    // A body that was given up half way blocks its connection: nobody reads on.
    const { socket } = request;
    response.once('finish', () => {
      if (request.destroyed && !request.complete) socket.destroySoon();
    });
    route(request, response, parts).catch((error: unknown) => {
      answerError(response, error, parts.maskError);
    });
  });

  const drain = async (time: number) => {
    const closed = once(http, 'close');
    http.close();
    const deadline = setTimeout(() => {
      http.closeAllConnections();
    }, time);
    const answered = [...underWay].map((response) => once(response, 'close'));
    const cut = setTimeout(() => {
      for (const response of underWay) if (isStream(response)) response.destroy();
    }, STREAM_ENDING_TIME);
    await Promise.all(answered);
    clearTimeout(cut);
    clearTimeout(deadline);
    http.closeAllConnections(); // those on which no request ever came count as busy
    await closed;
  };
  return { http, drain };
}

/** Whether an answer may last as long as a job. */
const isStream = ({ req }: ServerResponse): boolean =>
  req.headers.accept?.includes('text/event-stream') ?? false;

async function route(request: IncomingMessage, response: ServerResponse, parts: HttpParts): Promise<void> {
  const { services, graphql, metrics, isDraining } = parts;
  const target = request.url ?? '/';
  // Only the path matters here; a target such as "//" is no URL on its own.
  const url = new URL(`http://server${target.startsWith('/') ? target : '/'}`);
  if (url.pathname === GRAPHQL_PATH) {
    countBody(request, response);
    await graphql(request, response);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    const message = `${url.pathname} takes GET and HEAD, got ${request.method ?? ''}`;
    sendJson(response, 405, { error: { code: 'METHOD_NOT_ALLOWED', message } });
  } else if (url.pathname.startsWith('/images/')) {
    await serveImage(request, response, url, services);
  } else if (url.pathname === '/health') {
    serveHealth(response);
  } else if (url.pathname === '/ready') {
    await serveReadiness(response, services, isDraining());
  } else if (url.pathname === '/metrics') {
    await serveMetrics(response, metrics);
  } else if (url.pathname === EXAMPLE_PATH) {
    const bytes = await examplePicture();
    response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': bytes.byteLength });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  } else if (url.pathname === '/') {
    sendHtml(response, LANDING_PAGE);
  } else {
    sendJson(response, 404, { error: { code: 'NOT_FOUND', message: `there is nothing at ${url.pathname}` } });
  }
}

function answerError(response: ServerResponse, error: unknown, maskError: ErrorMask): void {
  const { message, extensions } = maskError(error);
  if (response.headersSent) response.destroy();
  else sendJson(response, error instanceof InputError ? 400 : 500, { error: { message, ...extensions } });
}
