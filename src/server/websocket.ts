import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import { cutValues } from '../input-error.ts';
import { Deliveries } from './deliveries.ts';
import { CLOSING_TIME, MAX_MESSAGE_BYTES } from './limits.ts';
import { whyOriginRefused, type HostPolicy, type OriginPolicy } from './origins.ts';
import { createProtocol, type ProtocolParts } from './protocol.ts';
import { isHost, type ReadReached } from './reached.ts';
import { serveSocket } from './socket.ts';

/** Collaborators that the WebSocket shares with HTTP. */
export interface WebSocketParts extends ProtocolParts {
  readonly isAllowedOrigin: OriginPolicy;
  readonly isAllowedHost: HostPolicy;
  readonly readReached: ReadReached;
  readonly log: Logger;
}

/** RFC 6455: the endpoint is going down; clients connect again. */
const GOING_AWAY = 1001;

/**
 * graphql-transport-ws on the paths of an HTTP server for which `isPath` is true. `close` sends what is pending, closes every
 * client with 1001 and waits for their answers.
 */
export function attachWebSocket(
  http: Server,
  isPath: (path: string) => boolean,
  parts: WebSocketParts,
): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, handleProtocols });
  const underWay = new Deliveries();
  const protocol = createProtocol(parts, underWay);

  http.on('upgrade', (request, stream, head) => {
    // Node removes its own listener: without one, a client that resets its connection would end the process.
    stream.on('error', (error) => {
      parts.log.debug({ err: error }, 'upgraded connection failed');
    });
    if (!isWebSocketUpgrade(request)) {
      serveWithoutUpgrade(http, request, head);
      return;
    }
    const refusal = isPath(request.url?.split('?')[0] ?? '') ? whyRefused(request, parts) : NOT_HERE;
    if (refusal) refuse(request.socket, refusal);
    else {
      noteOtherProtocol(request, parts.refusals);
      sockets.handleUpgrade(request, stream, head, (socket) => {
        serveSocket(socket, request, head, protocol, parts.log);
      });
    }
  });

  return {
    close: async () => {
      await underWay.settle(CLOSING_TIME);
      const clients = [...sockets.clients];
      const gone = clients.map((client) => new Promise((resolve) => client.once('close', resolve)));
      for (const client of clients) client.close(GOING_AWAY, 'Going away');
      const deadline = setTimeout(() => {
        for (const client of clients) client.terminate();
      }, CLOSING_TIME);
      await Promise.all(gone);
      clearTimeout(deadline);
    },
  };
}

/**
 * Notes a client of another protocol, such as the older subscriptions-transport-ws. graphql-ws closes its socket with 4406, which
 * a browser does not show.
 */
function noteOtherProtocol({ headers }: IncomingMessage, refusals: ProtocolParts['refusals']): void {
  const offered = headers['sec-websocket-protocol'] ?? '';
  if (offered.split(',').some((name) => name.trim() === GRAPHQL_TRANSPORT_WS_PROTOCOL)) return;
  const got = offered === '' ? 'none' : `"${offered}"`;
  const reason = `a WebSocket: expected the subprotocol ${GRAPHQL_TRANSPORT_WS_PROTOCOL}, got ${got}`;
  refusals.note({ code: 'BAD_REQUEST', reason: cutValues(reason) });
}

/** Whether a request asks for a WebSocket; offers of other protocols, such as h2c, may be ignored. */
export const isWebSocketUpgrade = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket';

/**
 * Answers a request whose offer of another protocol is declined (RFC 9110, 7.8). Node has released its connection; it gets it
 * back with the beginning of the request, without the offer.
 */
function serveWithoutUpgrade(http: Server, request: IncomingMessage, head: Buffer): void {
  const { method = 'GET', url = '/', httpVersion, rawHeaders } = request;
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (!/^(?:upgrade|connection|http2-settings)$/i.test(name)) text += `${name}: ${rawHeaders[i + 1]!}\r\n`;
  }
  request.socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]));
  http.emit('connection', request.socket);
}

/** An HTTP answer instead of a WebSocket. */
interface Refusal {
  readonly status: '400 Bad Request' | '403 Forbidden' | '404 Not Found';
  readonly code: string;
  readonly message: string;
}

const NOT_HERE: Refusal = {
  status: '404 Not Found',
  code: 'NOT_FOUND',
  message: 'WebSockets are served at /graphql',
};

/** Why a WebSocket is refused: pages can open one to any server without a preflight request. */
function whyRefused(
  request: IncomingMessage,
  { isAllowedOrigin, isAllowedHost, readReached, refusals }: WebSocketParts,
): Refusal | undefined {
  const { host, origin } = request.headers;
  if (host === undefined || !isHost(host) || request.headersDistinct['host']!.length > 1) {
    return { status: '400 Bad Request', code: 'BAD_REQUEST', message: 'the Host header is malformed' };
  }
  if (!isAllowedHost(host)) {
    const message = `${host} is not a name of this server: add it to ALLOWED_HOSTS or PUBLIC_URL`;
    refusals.note({ code: 'FORBIDDEN', reason: `a WebSocket to ${cutValues(message)}` });
    return { status: '403 Forbidden', code: 'FORBIDDEN', message };
  }
  if (origin !== undefined && !isAllowedOrigin(origin, readReached(request).host)) {
    const message = whyOriginRefused(origin);
    refusals.note({ code: 'FORBIDDEN', reason: `a WebSocket: ${message}` });
    return { status: '403 Forbidden', code: 'FORBIDDEN', message };
  }
  return undefined;
}

function refuse(stream: Socket, { status, code, message }: Refusal): void {
  const body = JSON.stringify({ error: { code, message } });
  stream.once('finish', () => {
    stream.destroySoon();
  });
  stream.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
