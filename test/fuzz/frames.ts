import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { Finding } from './finding.ts';
import { hostileText, hostileValue, spoilt } from './hostile.ts';
import { checkClose } from './judge.ts';
import { type Gen, type Kind, oneOf } from './kind.ts';
import { FuzzSocket } from './sockets.ts';
import type { Target } from './target.ts';

interface FrameCase {
  /** Whether connection_init was acknowledged before. */
  readonly isAcknowledged: boolean;
  readonly protocol: string;
  readonly messages: readonly string[];
  /** Bytes behind the messages, as Latin-1, which are frames or not. */
  readonly bytes: string;
}

const TYPES = [
  'connection_init',
  'subscribe',
  'complete',
  'ping',
  'pong',
  'next',
  'error',
  'connection_ack',
  'start',
];
const QUERIES = [
  ...[
    '{ __typename }',
    '{',
    'subscription { jobsChanged { id } }',
    '{ models { name } }',
    'query A { a: __typename }',
  ],
  ...[
    'subscription { img2imgProgress { id preview { dataUri } } }',
    'mutation { cancelJob(id: "x") { job { id } } }',
  ],
];

/** Messages and frames of a WebSocket. */
export const frames: Kind<FrameCase> = {
  runs: 15,
  make: (gen) => ({
    isAcknowledged: gen(fc.nat, 3) > 0,
    protocol: gen(fc.nat, 9) > 0 ? 'graphql-transport-ws' : oneOf<string>(gen, 'graphql-ws', 'x'),
    messages: Array.from({ length: gen(fc.nat, 6) }, () => message(gen)),
    bytes: gen(fc.boolean) ? '' : frame(gen),
  }),
  send: async ({ isAcknowledged, protocol, messages, bytes }, target) => {
    if (bytes !== '') await sendBytes(bytes, target);
    const isKnown = isAcknowledged && protocol === 'graphql-transport-ws';
    const socket = await (isKnown ? FuzzSocket.acknowledged(target) : FuzzSocket.open(target, protocol));
    for (const text of messages) socket.socket.send(text, () => undefined);
    if (isKnown) await socket.ask({ query: '{ __typename }' });
    await socket.leave();
  },
};

function message(gen: Gen): string {
  if (gen(fc.nat, 9) === 0) return hostileText(gen);
  const query = oneOf<unknown>(gen, ...QUERIES, hostileValue(gen));
  const payload = gen(fc.boolean)
    ? { query, variables: hostileValue(gen), operationName: null }
    : hostileValue(gen);
  const id = oneOf<unknown>(gen, '1', '2', '', hostileText(gen), hostileValue(gen));
  return spoilt(gen, JSON.stringify({ id, type: oneOf<string>(gen, ...TYPES), payload }), [
    '{',
    '[',
    '"',
    ',',
  ]);
}

/** One frame (RFC 6455, 5.2) whose head need not fit what follows. */
function frame(gen: Gen): string {
  const head = gen(fc.uint8Array, { minLength: 2, maxLength: 14 });
  if (gen(fc.boolean)) head[0] = 0x80 | gen(fc.nat, 15);
  if (gen(fc.boolean)) head[1] = 0x80 | gen(fc.nat, 127);
  return Buffer.from(head).toString('latin1') + hostileText(gen).slice(0, 200);
}

/** Opens a WebSocket by hand, sends bytes, and waits until its server has closed it or answers a ping. */
async function sendBytes(bytes: string, target: Target): Promise<void> {
  const { hostname, port } = new URL(target.url);
  const socket = connect(Number(port), hostname);
  let received = Buffer.alloc(0);
  const closed = new Promise<void>((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined); // it closes then
  socket.on('data', (data) => (received = Buffer.concat([received, data])));
  await once(socket, 'connect');
  const key = Buffer.from('fuzz-fuzz-fuzz-f').toString('base64');
  socket.write(
    `GET /graphql HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`,
  );
  socket.end(Buffer.from(bytes, 'latin1'));
  const timer = setTimeout(() => socket.destroy(new Finding('not closed')), 10_000);
  await closed;
  clearTimeout(timer);
  if (socket.errored instanceof Finding)
    throw new Finding('a WebSocket whose client had left was not closed');
  const [head = ''] = received.toString('latin1').split('\r\n\r\n');
  if (!head.startsWith('HTTP/1.1 101')) throw new Finding(`a WebSocket was refused: ${head}`);
  const answer = received.subarray(head.length + 4);
  if (answer[0] === 0x88 && answer[1]! >= 2) checkClose(answer.readUInt16BE(2));
}
