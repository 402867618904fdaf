import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { execute, GraphQLError, type DocumentNode, type GraphQLSchema } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type OperationResult } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Refusals } from '../resolvers/refusals.ts';
import type { Context } from '../schema/index.ts';
import { type Access, authorizationIn } from './auth.ts';
import { maskResult, withoutHttp, type ErrorMask } from './errors.ts';
import { Deliveries } from './deliveries.ts';
import { deliver, openUpdates, SharedAnswers, type Updates } from './fan-out.ts';
import type { GraphQLServer } from './graphql.ts';
import {
  CLOSING_TIME,
  CONNECTION_INIT_TIMEOUT,
  MAX_MESSAGE_BYTES,
  MAX_OPERATIONS_PER_CONNECTION,
  PING_INTERVAL,
} from './limits.ts';
import type { OriginPolicy } from './origins.ts';
import { notingRefusals } from './refusals.ts';

/** What the WebSocket shares with HTTP. */
export interface WebSocketParts {
  readonly graphql: GraphQLServer;
  readonly maskError: ErrorMask;
  readonly access: Access;
  readonly isAllowedOrigin: OriginPolicy;
  readonly refusals: Refusals;
  readonly log: Logger;
}

interface Extra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
}

/** RFC 6455: the endpoint is going down; clients connect again. */
const GOING_AWAY = 1001;

/**
 * graphql-transport-ws on one path of an HTTP server. `close` sends what is on its way, says 1001 to every client and waits for
 * their answers.
 */
export function attachWebSocket(
  http: Server,
  path: string,
  parts: WebSocketParts,
): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, handleProtocols });
  const underWay = new Deliveries();
  const protocol = createProtocol(parts, underWay);

  http.on('upgrade', (request, stream, head) => {
    const { host, origin } = request.headers;
    if (request.url?.split('?')[0] !== path) {
      refuse(stream, '404 Not Found');
      return;
    }
    if (origin !== undefined && !parts.isAllowedOrigin(origin, host)) {
      refuse(stream, '403 Forbidden');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      serve(socket, request, protocol, parts.log);
    });
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

/** What messages mean: the same limits, context and errors as over HTTP. */
function createProtocol({ graphql, access, ...parts }: WebSocketParts, underWay: Deliveries) {
  const maskError = notingRefusals(withoutHttp(parts.maskError), parts.refusals);
  const answers = new SharedAnswers(maskError);
  return makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: CONNECTION_INIT_TIMEOUT,
    onConnect: ({ connectionParams, extra: { request, socket } }) => {
      const authorization = authorizationIn(connectionParams) ?? request.headers.authorization;
      if (!isAdmitted(access, authorization, request)) return false;
      const release = access.whileTaken(authorization, () => {
        socket.close(CloseCode.Forbidden, 'The API key is no longer taken');
      });
      socket.once('close', release);
      return true;
    },
    onSubscribe: async (
      { subscriptions, connectionParams, extra: { request } },
      _id,
      { query, operationName, variables },
    ) => {
      if (Object.keys(subscriptions).length > MAX_OPERATIONS_PER_CONNECTION) return [tooManyOperations()];
      const authorization = authorizationIn(connectionParams);
      const enveloped = graphql.getEnveloped({ req: request, authorization, params: { query } });
      try {
        access.admit(authorization ?? request.headers.authorization, request);
        // Limits first: a context is built only for a document that may run.
        const document = enveloped.parse(query) as DocumentNode;
        const schema = enveloped.schema as GraphQLSchema;
        const errors = enveloped.validate(schema, document) as readonly GraphQLError[];
        if (errors.length > 0) return errors;
        return {
          schema,
          document,
          operationName: operationName ?? null,
          variableValues: variables ?? null,
          contextValue: await enveloped.contextFactory(),
        };
      } catch (error) {
        return [maskError(error)];
      }
    },
    execute: async (args) => maskResult(await execute(args), maskError),
    subscribe: (args) => openUpdates(args, maskError) as OperationResult, // `onOperation` makes answers of them
    onOperation: ({ extra: { socket } }, id, payload, args, result) => {
      if (!(Symbol.asyncIterator in result)) return undefined;
      const { baseUrl } = args.contextValue as Context;
      const question = JSON.stringify([payload.query, payload.operationName, payload.variables, baseUrl]);
      const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
      return deliver(result as unknown as Updates, (update) =>
        underWay.add(
          answers.answer(update, question, args).then((answer) => send(socket, `${head}${answer}}`)),
        ),
      );
    },
    onError: (_connection, _id, _payload, errors) => errors.map((error) => maskError(error).toJSON()),
  });
}

/** A wrong key counts here as it does over HTTP. */
function isAdmitted(access: Access, authorization: unknown, request: IncomingMessage): boolean {
  try {
    access.admit(authorization, request);
    return true;
  } catch {
    return false;
  }
}

/** Connects one socket to the protocol and watches over its life. */
function serve(
  socket: WebSocket,
  request: IncomingMessage,
  protocol: ReturnType<typeof createProtocol>,
  log: Logger,
): void {
  const fail = (error: unknown) => {
    log.error({ err: error }, 'a WebSocket operation failed');
    socket.close(CloseCode.InternalServerError, 'Internal server error');
  };
  // ws closes the socket itself, with 1007 or 1009, after a frame that is malformed or too large.
  socket.on('error', (error) => {
    log.debug({ err: error }, 'a WebSocket broke');
  });

  let alive = true;
  const ping = setInterval(() => {
    if (!alive) {
      socket.terminate();
      return;
    }
    alive = false;
    socket.ping();
  }, PING_INTERVAL);
  socket.on('pong', () => {
    alive = true;
  });

  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (text) => send(socket, text),
      close: (code, reason) => {
        socket.close(code, reason);
      },
      onMessage: (receive) => {
        // With the default binary type a message is one Buffer.
        socket.on('message', (message) => void receive((message as Buffer).toString()).catch(fail));
      },
    },
    { socket, request },
  );
  socket.once('close', (code, reason) => {
    clearInterval(ping);
    closed(code, reason.toString()).catch(fail);
  });
}

/** Resolves when the socket has taken the text; a closed socket takes everything. */
function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) resolve();
    else {
      socket.send(text, () => {
        resolve();
      });
    }
  });
}

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

const tooManyOperations = () =>
  new GraphQLError(`A connection may have ${MAX_OPERATIONS_PER_CONNECTION} operations open`, {
    extensions: { code: 'TOO_MANY_OPERATIONS' },
  });
