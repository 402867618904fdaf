import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { GraphQLError } from 'graphql';
import { CloseCode, parseMessage, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { BusyError, bytesUnderWay, type ByteBudget } from '../sources/byte-budget.ts';
import { checkJson } from './json.ts';
import {
  MAX_OPERATION_ID_LENGTH,
  MAX_INTRODUCTION_BYTES,
  MAX_UNSENT_BYTES,
  PING_INTERVAL,
} from './limits.ts';

/** The state of a socket, for the protocol. */
export interface Extra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  /** Characters that each subscription holds, by its id. */
  readonly held: Map<string, number>;
  /** Reports that `connection_init` was acknowledged. */
  readonly acknowledge: () => void;
}

/** The close code of graphql-transport-ws for an invalid message. */
const BAD_REQUEST: number = CloseCode.BadRequest;

/** RFC 6455: a message is too big to be processed. */
const MESSAGE_TOO_BIG = 1009;

/** Of IANA's registry of close codes. */
const TRY_AGAIN_LATER = 1013;

/** The least overhead of a client's frame, in bytes. */
const FRAME_HEADER = 6;

/** Connects one socket to the protocol and supervises it; `head` are the bytes that came with the upgrade. */
export function serveSocket(
  socket: WebSocket,
  request: IncomingMessage,
  head: Buffer,
  protocol: Server<Extra>,
  log: Logger,
  budget: ByteBudget = bytesUnderWay,
): void {
  const fail = (error: unknown) => {
    if (isMisdirected(error)) {
      socket.close(CloseCode.BadRequest, 'Unexpected message received');
      return;
    }
    log.error({ err: error }, 'a WebSocket operation failed');
    socket.close(CloseCode.InternalServerError, 'Internal server error');
  };
  // ws closes the socket itself, with 1007 or 1009, after a frame that is malformed or too large.
  socket.on('error', (error) => {
    log.debug({ err: error }, 'WebSocket failed');
  });

  let received: string | undefined;
  const acknowledge = limitIntroduction(socket, request, head.length);
  countUnfinished(socket, request.socket, budget);
  const stopPings = keepAlive(socket);
  socket.on('ping', () => {
    endIfUnread(socket); // ws has queued a pong
  });
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (text) => send(socket, text),
      close: (code, reason) => {
        socket.close(code, code === BAD_REQUEST ? whyInvalid(received, reason) : reason);
      },
      onMessage: (receive) => {
        // With the default binary type a message is one Buffer.
        socket.on('message', (message) => {
          const text = (message as Buffer).toString();
          try {
            checkJson(text, 'A message');
          } catch (error) {
            refuseMessage(socket, text, error as GraphQLError);
            return;
          }
          received = text;
          receive(text).catch(fail); // checks the message before it waits for anything
          received = undefined;
        });
      },
    },
    { socket, request, held: new Map(), acknowledge },
  );
  socket.once('close', (code, reason) => {
    acknowledge();
    stopPings();
    closed(code, reason.toString()).catch(fail);
  });
}

/** Whether a client sent a message that only servers send: graphql-ws then throws a plain error. */
const isMisdirected = (error: unknown): boolean =>
  error instanceof Error && /^Unexpected message of type \w+ received$/.test(error.message);

/** Bytes that the reason of a close frame may have (RFC 6455, 5.5). */
const MAX_REASON_BYTES = 123;

/** What is wrong with an invalid message, as the reason of a close frame. */
function whyInvalid(text: string | undefined, otherwise: string | undefined): string | undefined {
  if (text === undefined) return otherwise;
  try {
    parseMessage(text);
    return otherwise;
  } catch (error) {
    const bytes = Buffer.from(`Invalid message received: ${(error as Error).message}`);
    return bytes
      .subarray(0, MAX_REASON_BYTES)
      .toString()
      .replace(/\ufffd+$/, '');
  }
}

/** Refuses the operation of a message that is not parsed; its id is at the beginning or the end. */
function refuseMessage(
  socket: WebSocket,
  text: string,
  { message, extensions: { code } }: GraphQLError,
): void {
  const ends = text.slice(0, 2 * MAX_OPERATION_ID_LENGTH) + text.slice(-2 * MAX_OPERATION_ID_LENGTH);
  const [, id] = /"id":("[^"\\]+")/.exec(ends) ?? [];
  if (id === undefined) socket.close(CloseCode.BadRequest, 'Invalid message received');
  else
    void send(
      socket,
      `{"id":${id},"type":"error","payload":${JSON.stringify([{ message, extensions: { code } }])}}`,
    );
}

/** Closes a socket that sends too much before it is acknowledged; returns the callback for the acknowledgement. */
function limitIntroduction(
  socket: WebSocket,
  { socket: stream }: IncomingMessage,
  received: number,
): () => void {
  const count = (bytes: Buffer) => {
    received += bytes.length;
    if (received <= MAX_INTRODUCTION_BYTES) return;
    stream.off('data', count);
    socket.close(MESSAGE_TOO_BIG, 'Too much before connection_init');
    stream.pause();
    socket.terminate();
  };
  stream.on('data', count);
  return () => stream.off('data', count);
}

/** Counts an incomplete message like the body of a request; closes the socket if there is no room. */
function countUnfinished(socket: WebSocket, stream: IncomingMessage['socket'], budget: ByteBudget): void {
  const share = budget.open();
  let unfinished = 0;
  const count = ({ length }: Buffer) => {
    unfinished += length;
    if (unfinished <= MAX_INTRODUCTION_BYTES) return;
    try {
      share.take(length);
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
      stream.off('data', count);
      socket.close(TRY_AGAIN_LATER, 'The server is busy');
      stream.pause();
      socket.terminate();
    }
  };
  stream.prependListener('data', count); // before ws, which emits the complete message
  const finish = () => {
    unfinished = 0;
    share.release();
  };
  socket.on('message', finish);
  const passControl = ({ length }: Buffer) => {
    unfinished -= length + FRAME_HEADER;
  };
  socket.on('ping', passControl);
  socket.on('pong', passControl);
  socket.once('close', finish);
}

/** Pings a socket and drops it if no pong with the ping's payload came by the next ping. */
function keepAlive(socket: WebSocket): () => void {
  let unanswered: Buffer | undefined;
  const ping = setInterval(() => {
    if (unanswered) {
      socket.terminate();
      return;
    }
    unanswered = randomBytes(8);
    socket.ping(unanswered);
  }, PING_INTERVAL);
  socket.on('pong', (payload) => {
    if (unanswered?.equals(payload)) unanswered = undefined;
  });
  return () => {
    clearInterval(ping);
  };
}

/** Resolves when the socket has accepted the text; a closed socket accepts everything. */
export function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN || endIfUnread(socket)) resolve();
    else {
      socket.send(text, () => {
        resolve();
      });
    }
  });
}

/** Ends a socket whose client does not read: what it was sent would stay in memory. */
function endIfUnread(socket: WebSocket): boolean {
  const isUnread = socket.bufferedAmount > MAX_UNSENT_BYTES;
  if (isUnread) socket.terminate();
  return isUnread;
}
