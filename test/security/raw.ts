import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import WebSocket from 'ws';

/** A TCP connection to a server. */
export async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

/** Sends lines as they are, as an HTTP/1.1 request that closes its connection, and returns the whole answer. */
export async function sendRaw(url: string, lines: readonly string[], body = ''): Promise<string> {
  const socket = await open(url);
  socket.write([...lines, '', body].join('\r\n'));
  let answer = '';
  for await (const chunk of socket.setEncoding('utf8')) answer += String(chunk);
  return answer;
}

/** A WebSocket that collects what it receives, parsed. */
export class RawWebSocket {
  readonly socket: WebSocket;
  readonly received: Record<string, unknown>[] = [];
  readonly closed: Promise<number>;

  constructor(url: string, options: WebSocket.ClientOptions = {}) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', options);
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data: Buffer) => {
      this.received.push(JSON.parse(data.toString()) as Record<string, unknown>);
    });
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
  }

  async opened(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The first message of this type, and of this id where one is given. */
  async message(type: string, id?: string): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.received.find(
        (one) => one['type'] === type && (id === undefined || one['id'] === id),
      );
      if (found) return found;
      await Promise.race([
        once(this.socket, 'message'),
        this.closed.then((code) => {
          throw new Error(`closed with ${code}`);
        }),
      ]);
    }
  }

  /** Introduces itself and waits for the acknowledgement. */
  async acknowledged(): Promise<this> {
    await this.opened();
    this.send({ type: 'connection_init' });
    await this.message('connection_ack');
    return this;
  }

  /** Sends an operation. */
  subscribe(id: string, payload: object): void {
    this.send({ type: 'subscribe', id, payload });
  }

  end(): void {
    this.socket.terminate();
  }
}
