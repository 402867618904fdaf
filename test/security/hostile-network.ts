import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { examplePicture } from '../../src/sources/own-picture.ts';
import { startTestServer } from '../server/fixtures.ts';
import { INWARD, NAMES, PUBLIC_ADDRESS, type Report } from './hostile-addresses.ts';

/**
 * Runs in a network namespace of its own, in which every address leads to this process: it answers names as their owner would,
 * serves a picture wherever it is asked, and has a server fetch from there. Prints a Report.
 */

/** What was asked at which address, since the last look. */
let asked: string[] = [];
const picture = await examplePicture();
const site = createServer(({ url = '/', socket, headers }, response) => {
  asked.push(`${socket.localAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? ''} ${headers.host ?? ''}`);
  const to = new URL(url, 'http://site').searchParams.get('to');
  if (to === null) response.writeHead(200, { 'content-type': 'image/png', connection: 'close' }).end(picture);
  else response.writeHead(302, { location: to, connection: 'close' }).end();
});
site.listen(80, '::');
await once(site, 'listening');

const A = 1;
const AAAA = 28;

/** The answer of a name server (RFC 1035) to one question, in one packet. */
function answerTo(query: Buffer, addressesOf: (name: string) => readonly string[]): Buffer {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const question = query.subarray(12, at + 5);
  const type = query.readUInt16BE(at + 1);
  const addresses = addressesOf(labels.join('.').toLowerCase());
  const wanted =
    type === A || type === AAAA ? addresses.filter((one) => one.includes(':') === (type === AAAA)) : [];
  const records = wanted.map((address) => {
    const bytes = bytesOf(address);
    const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, bytes.length]); // valid for no time
    return Buffer.concat([head, bytes]);
  });
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(addresses.length > 0 ? 0x8180 : 0x8183, 2); // found, or there is no such name
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question, ...records]);
}

/** An address as four bytes, or as sixteen where it stands in full. */
const bytesOf = (address: string): Buffer =>
  address.includes(':')
    ? Buffer.from(
        address
          .split(':')
          .map((part) => part.padStart(4, '0'))
          .join(''),
        'hex',
      )
    : Buffer.from(address.split('.').map(Number));

/** How often a name was asked for: one changes its address each time. */
const counts = new Map<string, number>();
const addressesOf = (name: string): readonly string[] => {
  const answers = NAMES.get(name) ?? [];
  const count = counts.get(name) ?? 0;
  counts.set(name, count + 1);
  return answers[Math.min(count, answers.length - 1)] ?? [];
};

const nameServers = getServers().map((address) => {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (query, { port, address: from }) => {
    socket.send(answerTo(query, addressesOf), port, from);
  });
  socket.bind(53, address);
  return socket;
});
await Promise.all(nameServers.map((socket) => once(socket, 'listening')));

async function fetchFrom(url: string, imageUrl: string): Promise<Report[string]> {
  asked = [];
  const query =
    'mutation ($u: String!) { img2img(input: { model: starter, imageUrl: $u }) { job { id } userErrors { code message } } }';
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { u: imageUrl } }),
  });
  const { data } = (await response.json()) as { data: { img2img: Omit<Report[string], 'asked'> } };
  return { ...data.img2img, asked };
}

const server = await startTestServer({ QUEUE_LIMIT: '1000' });
const trusting = await startTestServer({ ALLOW_PRIVATE_IMAGE_URLS: 'true', QUEUE_LIMIT: '1000' });
const report: Record<string, Report[string]> = {};
for (const target of INWARD) {
  report[target] = await fetchFrom(server.url, target);
  const through = `http://public.example/?to=${encodeURIComponent(target)}`;
  report[`redirect to ${target}`] = await fetchFrom(server.url, through);
}
report['public'] = await fetchFrom(server.url, `http://${PUBLIC_ADDRESS}/`);
report['public name'] = await fetchFrom(server.url, 'http://public.example/');
report['rebinding'] = await fetchFrom(
  server.url,
  'http://rebinding.example/?to=http%3A%2F%2Frebinding.example%2F',
);
report['allowed'] = await fetchFrom(trusting.url, 'http://169.254.169.254/latest/meta-data/');
console.log(JSON.stringify(report));
await Promise.all([server.close(), trusting.close()]);
site.close();
for (const socket of nameServers) socket.close();
