import { createSocket, type RemoteInfo } from 'node:dgram';
import { EventEmitter, once } from 'node:events';

/** A name server on a free port of 127.0.0.1. */
export interface NameServer {
  /** Its address and port. */
  readonly address: string;
  /** The names that it was asked for. */
  readonly asked: ReadonlySet<string>;
  /** Resolves when it has been asked for all of these. */
  hasBeenAskedFor(names: readonly string[]): Promise<void>;
  /** Gives an address for every name about which it was silent so far. */
  breakSilence(address: string): void;
  close(): Promise<void>;
}

/** Starts a name server that gives these addresses, knows nothing of none.example and is silent about the rest. */
export async function startNameServer(addresses: Readonly<Record<string, string>>): Promise<NameServer> {
  const socket = createSocket('udp4');
  const asked = new Set<string>();
  const askings = new EventEmitter();
  const unanswered: [Buffer, RemoteInfo][] = [];
  let ofOthers: string | undefined;
  const answer = (query: Buffer, to: RemoteInfo) => {
    const name = nameIn(query);
    const address = addresses[name] ?? ofOthers;
    if (address === undefined && name !== 'none.example') unanswered.push([query, to]);
    else socket.send(answerTo(query, name === 'none.example' ? undefined : address), to.port, to.address);
  };
  socket.on('message', (query, from) => {
    asked.add(nameIn(query));
    askings.emit('name');
    answer(query, from);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    hasBeenAskedFor: async (names) => {
      while (!names.every((name) => asked.has(name))) await once(askings, 'name');
    },
    breakSilence: (address) => {
      ofOthers = address;
      for (const [query, from] of unanswered.splice(0)) answer(query, from);
    },
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

const END = 12; // of the header of a message (RFC 1035)

const nameIn = (query: Buffer): string =>
  // eslint-disable-next-line no-control-regex -- the lengths of the labels
  query.toString('latin1', END + 1, query.indexOf(0, END)).replace(/[\x01-\x1f]/g, '.');

/** An address of version 4, as far as that is asked for; undefined: there is no such name. */
function answerTo(query: Buffer, address: string | undefined): Buffer {
  const end = query.indexOf(0, END);
  const head = Buffer.from(query.subarray(0, end + 5));
  const isGiven = address !== undefined && query.readUInt16BE(end + 1) === 1;
  head.writeUInt16BE(address === undefined ? 0x8183 : 0x8180, 2);
  head.fill(0, 6, END);
  head.writeUInt16BE(isGiven ? 1 : 0, 6);
  if (!isGiven) return head;
  const record = [END, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, ...address.split('.').map(Number)];
  return Buffer.concat([head, Buffer.from([0xc0, ...record])]);
}
