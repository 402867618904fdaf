import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { MAX_WAITING_BYTES, MIN_SEND_RATE, READERS_CHECK_INTERVAL, SEND_TIMEOUT } from './limits.ts';

/** The state of a connection. */
interface Reader {
  readonly responses: Set<ServerResponse>;
  /** Bytes that its client has read so far. */
  taken: number;
  /** When that last grew or nothing was pending, by performance.now(). */
  movedAt: number;
}

/**
 * Bounds the memory for clients that do not read, over HTTP and WebSocket: each answer must be read in time, and everything
 * pending for one address must fit in MAX_WAITING_BYTES.
 */
export class SlowReaders {
  readonly #readers = new Map<Socket, Reader>();
  readonly #log: Logger;
  #check: NodeJS.Timeout | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Watches the connections of a server that is not listening yet. */
  watch(http: Server): void {
    http.on('connection', (socket) => {
      if (this.#readers.has(socket)) return; // it was returned after a declined upgrade
      this.#readers.set(socket, { responses: new Set(), taken: 0, movedAt: performance.now() });
      socket.once('close', () => this.#readers.delete(socket));
    });
    http.on('request', ({ socket }, response) => {
      const responses = this.#readers.get(socket)?.responses;
      responses?.add(response);
      response.once('close', () => responses?.delete(response));
    });
    this.#check = setInterval(() => {
      this.cutOff(performance.now());
    }, READERS_CHECK_INTERVAL);
  }

  /** Whether `bytes` more may be sent to a client; always true if nothing is pending for it. */
  hasRoom(socket: Socket | null, bytes = 0): boolean {
    if (!socket) return true; // an aborted request has no socket
    const waiting = this.#waitingFor(socket.remoteAddress);
    return waiting === 0 || waiting + bytes <= MAX_WAITING_BYTES;
  }

  /** Ends the connections on which an answer has been pending too long at the time `now`. */
  cutOff(now: number): void {
    for (const [socket, reader] of this.#readers) {
      const waiting = waitingOn(socket, reader);
      const taken = socket.bytesWritten - socket.writableLength;
      if (waiting === 0 || taken > reader.taken) reader.movedAt = now;
      reader.taken = taken;
      if (now - reader.movedAt <= SEND_TIMEOUT + (waiting / MIN_SEND_RATE) * 1000) continue;
      this.#log.info(
        { address: socket.remoteAddress, waiting },
        'connection closed: the client does not read its answer',
      );
      socket.destroy();
    }
  }

  stop(): void {
    clearInterval(this.#check);
  }

  #waitingFor(address: string | undefined): number {
    let sum = 0;
    for (const [socket, reader] of this.#readers) {
      if (socket.remoteAddress === address) sum += waitingOn(socket, reader);
    }
    return sum;
  }
}

/** Bytes pending on a connection, pipelined answers included, which have no connection yet. */
function waitingOn(socket: Socket, { responses }: Reader): number {
  let waiting = socket.writableLength;
  for (const response of responses) if (response.socket === null) waiting += response.writableLength;
  return waiting;
}
