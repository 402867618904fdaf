import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that can be cut for good, held up as a network does that loses every packet, or lose a single answer. */
export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #accepted = 0;
  #isPaused = false;
  #isCut = false;
  #losing: ((request: string) => boolean) | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Starts one to a port of this machine. */
  static async start(port: number): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server);
    server.on('connection', (client) => {
      proxy.#accepted++;
      proxy.#join(client, connect(port, '127.0.0.1'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Connections that it has accepted so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Forwards nothing until `resume`; connections stay open. */
  pause(): void {
    this.#isPaused = true;
    for (const socket of this.#sockets) socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    for (const socket of this.#sockets) socket.resume();
  }

  /** Loses the answer to the next request that contains a text: it arrives, then its connection breaks. */
  loseAnswerTo(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#losing = (sent) => {
        if (!sent.includes(text)) return false;
        this.#losing = undefined;
        resolve();
        return true;
      };
    });
  }

  /** Ends every connection and accepts no more, as the machine does whose process was killed. */
  async cut(): Promise<void> {
    if (this.#isCut) return;
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, server: Socket): void {
    const end = (): void => {
      for (const socket of [client, server]) {
        socket.destroy();
        this.#sockets.delete(socket);
      }
    };
    let isLosing = false;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', end);
      if (this.#isPaused) socket.pause();
    }
    client.on('data', (bytes) => {
      isLosing ||= this.#losing?.(bytes.toString()) ?? false;
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (isLosing) end();
      else client.write(bytes);
    });
  }
}
