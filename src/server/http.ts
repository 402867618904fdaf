import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { cutValues, InputError } from '../input-error.ts';
import type { Services } from '../resolvers/services.ts';
import { EXAMPLE_PATH, examplePicture } from '../sources/own-picture.ts';
import { UNREAD } from './answers.ts';
import type { Access } from './auth.ts';
import type { ErrorMask } from './errors.ts';
import type { GraphQLServer } from './graphql.ts';
import { serveHealth, serveReadiness } from './health.ts';
import { allowImages, isImagePath, serveImage } from './images.ts';
import { HEADERS_TIMEOUT, KEEP_ALIVE_TIMEOUT, STREAM_ENDING_TIME } from './limits.ts';
import { answerMalformed } from './malformed.ts';
import { serveMetrics, type Metrics } from './metrics.ts';
import type { HostPolicy } from './origins.ts';
import { isHost } from './reached.ts';
import { receiveBody } from './receive-body.ts';
import { secure, sendJson } from './responses.ts';
import type { SlowReaders } from './slow-readers.ts';
import type { Studio } from './studio.ts';
import { isWebSocketUpgrade } from './websocket.ts';

/** Whether a path is the GraphQL endpoint, over HTTP and over WebSocket. */
export const isGraphQLPath = (path: string): boolean => path === '/graphql' || path === '/graphql/';

/** Collaborators of the routes. */
export interface HttpParts {
  readonly services: Services;
  readonly graphql: GraphQLServer;
  readonly maskError: ErrorMask;
  readonly metrics: Metrics;
  readonly isAllowedHost: HostPolicy;
  readonly slowReaders: SlowReaders;
  readonly access: Access;
  readonly studio: Studio;
  readonly isDraining: () => boolean;
}

/** An HTTP server and how to drain it. */
export interface DrainingServer {
  readonly http: Server;
  /** Accepts no more requests, ends streams soon and waits for other answers, for at most `time` milliseconds. */
  readonly drain: (time: number) => Promise<void>;
}

/** The HTTP server, not yet listening. */
export function createHttpServer(parts: HttpParts): DrainingServer {
  const underWay = new Set<ServerResponse>();
  const options = {
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    headersTimeout: HEADERS_TIMEOUT,
    // Newer versions of Node call this, and ignore offers of other protocols.
    shouldUpgradeCallback: isWebSocketUpgrade,
  };
  const http = createServer(options, (request, response) => {
    secure(response);
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    // An unread rest of a body blocks its connection.
    const { socket } = request;
    response.once('finish', () => {
      if (request.destroyed && !request.complete) socket.destroySoon();
    });
    route(request, response, parts).catch((error: unknown) => {
      answerError(response, error, parts.maskError);
    });
  });

  parts.slowReaders.watch(http);
  answerMalformed(http, underWay, parts.services.refusals);

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
    http.closeAllConnections(); // connections without any request count as busy
    await closed;
  };
  return { http, drain };
}

/** Whether an answer may last as long as a job. */
const isStream = ({ req }: ServerResponse): boolean =>
  req.headers.accept?.includes('text/event-stream') ?? false;

/** Answers a GET or HEAD. */
type Page = (
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  parts: HttpParts,
) => void | Promise<void>;

const PAGES: ReadonlyMap<string, Page> = new Map<string, Page>([
  [
    '/health',
    (_request, response) => {
      serveHealth(response);
    },
  ],
  [
    '/ready',
    (_request, response, _url, { services, isDraining }) => serveReadiness(response, services, isDraining()),
  ],
  ['/metrics', servePermittedMetrics],
  [EXAMPLE_PATH, serveExample],
]);

async function pageAt(path: string, { services, studio }: HttpParts): Promise<Page | undefined> {
  if (isImagePath(path)) {
    return (request, response, url, { access }) =>
      serveImage(request, response, url, { ...services, access });
  }
  if (path === '/metrics' && services.config.metrics === 'closed') return undefined;
  return PAGES.get(path) ?? (await studio.pageAt(path));
}

async function servePermittedMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  _url: URL,
  { services, access, metrics }: HttpParts,
): Promise<void> {
  if (services.config.metrics === 'open' || isAdmin(request, response, access)) {
    await serveMetrics(response, metrics);
  }
}

async function route(request: IncomingMessage, response: ServerResponse, parts: HttpParts): Promise<void> {
  const refuse = (status: number, code: string, message: string) => {
    sendJson(response, status, { error: { code, message: cutValues(message) } });
  };
  const { method = '', headers, headersDistinct, socket } = request;
  const { host } = headers;
  if ((headersDistinct['host']?.length ?? 0) > 1) {
    refuse(400, 'BAD_REQUEST', 'the request must have one Host header, got several');
    return;
  }
  const coding = headers['transfer-encoding']?.trim() ?? 'chunked';
  if (!/^chunked$/i.test(coding)) {
    refuse(501, 'UNSUPPORTED_MEDIA_TYPE', `the Transfer-Encoding must be chunked, got "${coding}"`);
    return;
  }
  if (host !== undefined && !isHost(host)) {
    refuse(400, 'BAD_REQUEST', `the Host header must be a name or an address, got ${JSON.stringify(host)}`);
    return;
  }
  if (host !== undefined && !parts.isAllowedHost(host)) {
    const remedy = 'a server without API keys must know its names: add it to ALLOWED_HOSTS or PUBLIC_URL';
    parts.services.refusals.note({ code: 'FORBIDDEN', reason: `a request to the foreign host name ${host}` });
    refuse(403, 'FORBIDDEN', `${host} is not a name of this server; ${remedy}`);
    return;
  }
  if (!parts.slowReaders.hasRoom(socket)) {
    response.setHeader('Retry-After', '5');
    refuse(503, 'TOO_MUCH_UNREAD', UNREAD);
    return;
  }
  const url = targetOf(request);
  if (isGraphQLPath(url.pathname)) {
    request.url = `/graphql${url.search}`;
    const release = parts.access.whileTaken(headers.authorization, () => response.destroy());
    response.once('close', release);
    receiveBody(request, response, { folder: join(parts.services.config.dataDir, 'incoming') });
    await parts.graphql(request, response);
    return;
  }
  if (method === 'OPTIONS' && isImagePath(url.pathname)) {
    allowImages(response);
    return;
  }
  const page = await pageAt(url.pathname, parts);
  if (!page) {
    refuse(404, 'NOT_FOUND', `nothing is served at ${url.pathname}`);
  } else if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    refuse(405, 'METHOD_NOT_ALLOWED', `${url.pathname} takes GET and HEAD, got ${method}`);
  } else await page(request, response, url, parts);
}

/** The request's target, of which only path and query count, even with a host (RFC 9112, 3.2.2). "//" alone is not a URL. */
function targetOf({ url = '/' }: IncomingMessage): URL {
  if (url.startsWith('/')) return new URL(`http://server${url}`);
  return new URL(/^https?:/i.test(url) && URL.canParse(url) ? url : 'http://server/');
}

/** Whether a request has the key of an admin; answers it if not. Throws GraphQLError for an invalid key. */
function isAdmin(request: IncomingMessage, response: ServerResponse, { enter }: Access): boolean {
  const caller = enter(request.headers.authorization, request);
  if (caller.role === 'admin') return true;
  const message = 'expected the header "Authorization: Bearer <key>" with the key of an admin';
  sendJson(response, 403, { error: { code: 'FORBIDDEN', message } });
  return false;
}

async function serveExample(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = await examplePicture();
  response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': bytes.byteLength });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function answerError(response: ServerResponse, error: unknown, maskError: ErrorMask): void {
  const { message, extensions } = maskError(error);
  const { http, ...shown } = extensions;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const [name, value] of Object.entries(http?.headers ?? {})) response.setHeader(name, value);
  const status = error instanceof InputError ? 400 : (http?.status ?? 500);
  sendJson(response, status, { error: { message, ...shown } });
}
