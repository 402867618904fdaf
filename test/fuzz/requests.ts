import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { Finding } from './finding.ts';
import { hostileText, spoilt } from './hostile.ts';
import { checkAnswer } from './judge.ts';
import { type Kind, oneOf } from './kind.ts';

interface RequestCase {
  /** Head and body, as Latin-1. */
  readonly text: string;
  /** Whether the client resets the connection instead of reading its answer. */
  readonly isReset: boolean;
}

const METHODS = ['GET', 'GET', 'GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'CONNECT', 'TRACE', 'x'];
const PATHS = [
  ...[
    '/',
    '/graphql',
    '/health',
    '/ready',
    '/metrics',
    '/example.png',
    '/nothing',
    '//',
    '/%',
    '/graphql/x',
    '*',
  ],
  ...[
    `/images/${'0'.repeat(64)}.png`,
    `/images/${'a'.repeat(64)}.avif?quality=1e9`,
    '/images/..%2f..%2fetc/passwd',
  ],
  ...[
    '/graphql?query={__typename}&variables={',
    '/graphql?extensions=x',
    'http://x/graphql',
    '/graphql?query=%',
  ],
];
const HEADERS = [
  ...[
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Upgrade: h2c',
    'Origin: http://evil.example',
    'Origin: null',
  ],
  ...['Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13', 'Content-Length: 5', 'Transfer-Encoding: chunked'],
  ...['Accept: text/html', 'Accept: text/event-stream', 'Accept: ;;;', 'Expect: 100-continue', 'Expect: x'],
  ...[
    'Content-Type: application/json',
    'Content-Type: application/graphql',
    'Content-Encoding: gzip',
    'Cookie: a',
  ],
  ...[
    'Authorization: Bearer x',
    'If-None-Match: *',
    'X-Forwarded-For: %',
    'X-Forwarded-Host: evil',
    'Range: bytes=0-',
  ],
];
const HOSTS = [
  'localhost',
  '127.0.0.1',
  'localhost',
  '%',
  'evil.example',
  '',
  'a b',
  '[::1',
  'localhost:99999',
];

/** Requests as they stand on the wire. */
export const requests: Kind<RequestCase> = {
  runs: 30,
  make: (gen) => {
    const head = [
      `${oneOf<string>(gen, ...METHODS)} ${oneOf<string>(gen, ...PATHS)} HTTP/1.1`,
      `Host: ${oneOf<string>(gen, ...HOSTS)}`,
      ...Array.from({ length: gen(fc.nat, 6) }, () => oneOf<string>(gen, ...HEADERS)),
    ];
    const words = [...HEADERS, '\r\n', ': ', '\r\n\r\n', '%00', 'HTTP/1.0', 'HTTP/2'];
    const body = gen(fc.boolean) ? '' : hostileText(gen);
    return { text: spoilt(gen, [...head, '', body].join('\r\n'), words), isReset: gen(fc.nat, 3) === 0 };
  },
  send: async ({ text, isReset }, target) => {
    const { hostname, port } = new URL(target.url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const closed = new Promise<void>((resolve) =>
      socket.once('close', () => {
        resolve();
      }),
    );
    socket.on('error', () => undefined); // it closes then
    let answer = '';
    socket.setEncoding('latin1').on('data', (data) => (answer += String(data)));
    await once(socket, 'connect');
    socket.write(text, 'utf8');
    if (isReset) {
      await new Promise((resolve) => socket.write('', resolve));
      socket.resetAndDestroy();
    } else {
      socket.end();
      const timer = setTimeout(() => socket.destroy(), LONGEST);
      socket.once('end', () => socket.destroy());
      await closed;
      clearTimeout(timer);
    }
    for (const { status, type, body } of answersIn(answer)) checkAnswer(status, type, body, target.folder);
  },
};

/** Milliseconds after which a connection on which nothing more can come is given up. */
const LONGEST = 500;

/** The answers on a connection, of which all but the last have their length; bodies in chunks are left out. */
function answersIn(text: string): { status: number; type: string; body: string }[] {
  const answers = [];
  for (let rest = text; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n');
    const head = /^HTTP\/1\.1 (\d{3}) /.exec(rest);
    if (!head || end === -1) {
      if (answers.length === 0) throw new Finding(`no HTTP answer: ${rest.slice(0, 500)}`);
      break;
    }
    const fields = rest.slice(0, end);
    // An answer to HEAD has the length of a body that it does not have: another answer may follow it.
    const hasBody = !rest.startsWith('HTTP/1.1 ', end + 4);
    const length = hasBody ? Number(/\r\ncontent-length: (\d+)/i.exec(fields)?.[1] ?? 0) : 0;
    const type = /\r\ncontent-type: (\S+)/i.exec(fields)?.[1] ?? '';
    const status = Number(head[1]);
    const body = rest.slice(end + 4, end + 4 + length);
    if (status > 101) answers.push({ status, type, body: body.length === length ? body : '' });
    if (/transfer-encoding: chunked/i.test(fields) || status === 101) break;
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}
