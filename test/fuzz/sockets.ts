import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { SlowFinding } from './finding.ts';
import { checkClose, checkMessage } from './judge.ts';
import { STREAM_TIME, type Target } from './target.ts';

/** Milliseconds in which a socket must open, be acknowledged, answer or close. */
const PATIENCE = 10_000;

/** A WebSocket all of whose messages are looked at. */
export class FuzzSocket {
  readonly socket: WebSocket;
  readonly #closed: Promise<number>;
  readonly #opened: Promise<void>;
  readonly #heard = new Set<string>();
  #wrong: unknown;

  private constructor(target: Target, protocol = 'graphql-transport-ws') {
    this.socket = new WebSocket(`${target.url.replace('http', 'ws')}/graphql`, protocol);
    this.#opened = new Promise((resolve) =>
      this.socket.once('open', () => {
        resolve();
      }),
    );
    this.#closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.on('error', () => undefined); // it closes then
    this.socket.on('message', (data: Buffer) => {
      try {
        const text = data.toString();
        checkMessage(text, target.folder);
        this.#heard.add((JSON.parse(text) as { type: string }).type);
      } catch (error) {
        this.#wrong ??= error;
      }
    });
  }

  /** A socket that is open, with this subprotocol. */
  static async open(target: Target, protocol?: string): Promise<FuzzSocket> {
    const socket = new FuzzSocket(target, protocol);
    await within(Promise.race([socket.#opened, socket.#closed]), 'a WebSocket did not open');
    return socket;
  }

  /** A socket that may send operations. */
  static async acknowledged(target: Target): Promise<FuzzSocket> {
    const socket = await FuzzSocket.open(target);
    socket.socket.send('{"type":"connection_init"}');
    await within(socket.#message('connection_ack'), 'a WebSocket was not acknowledged');
    return socket;
  }

  /** Sends an operation and waits for its answer; of a stream, for a moment. */
  async ask(payload: object): Promise<void> {
    this.socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload }));
    const ends = Promise.race([this.#message('complete'), this.#message('error'), this.#closed]);
    await Promise.race([ends, sleep(STREAM_TIME, undefined, { ref: false })]);
  }

  /** Closes the socket. Rejects with a Finding where it does not close as documented, or has said what it may not. */
  async leave(): Promise<void> {
    this.socket.close();
    checkClose(await within(this.#closed, 'a WebSocket did not close'));
    if (this.#wrong !== undefined) throw this.#wrong as Error;
  }

  async #message(type: string): Promise<void> {
    while (!this.#heard.has(type) && this.socket.readyState === WebSocket.OPEN) {
      await Promise.race([once(this.socket, 'message'), this.#closed]);
    }
  }
}

async function within<T>(result: Promise<T>, otherwise: string): Promise<T> {
  const late = new AbortController();
  const deadline = sleep(PATIENCE, undefined, { signal: late.signal }).then(() => {
    throw new SlowFinding(`${otherwise} within ${PATIENCE} ms`);
  });
  deadline.catch(() => undefined);
  try {
    return await Promise.race([result, deadline]);
  } finally {
    late.abort();
  }
}
