import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { freePort } from '../free-port.ts';

/** The name under which docs/proxies.md shows a LatentQL. */
export const HOST = 'art.example';

/** What one of the proxies of docs/proxies.md needs beside its block there. */
interface ProxyProgram {
  /** The language of its block. */
  readonly language: string;
  /** What takes the place of each text of the block: ports and files that a test may use. */
  readonly replaced: (place: ProxyPlace) => Readonly<Record<string, string>>;
  /** The configuration file, with what a package's own file would have around the block. */
  readonly around: (block: string, place: ProxyPlace) => string;
  /** The command that runs it in the foreground. */
  readonly command: (file: string) => readonly [string, ...string[]];
  /** Whether it surely keeps a connection to the server for the next request; haproxy does as it expects to need them. */
  readonly keepsConnections: boolean;
  /** The certificate that its clients trust. */
  readonly authority: (place: ProxyPlace) => string;
}

/** Where a proxy runs. */
interface ProxyPlace {
  readonly folder: string;
  readonly port: number;
  /** Takes plain HTTP, where a proxy insists. */
  readonly plainPort: number;
  readonly upstreamPort: number;
}

const upstream = ({ upstreamPort }: ProxyPlace) => ({ '127.0.0.1:4000': `127.0.0.1:${upstreamPort}` });

/** The proxies that are run, by the name of their program. */
export const PROXIES = {
  nginx: {
    language: 'nginx',
    replaced: (place) => ({
      ...upstream(place),
      'listen 443 ssl': `listen 127.0.0.1:${place.port} ssl`,
      '/etc/ssl/art.example.pem': join(place.folder, 'certificate.pem'),
      '/etc/ssl/art.example.key': join(place.folder, 'key.pem'),
    }),
    around: (block, { folder }) => `daemon off;
user root;
pid ${folder}/pid;
error_log stderr warn;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  ${block}
}
`,
    command: (file) => ['nginx', '-c', file],
    keepsConnections: true,
    authority: ({ folder }) => join(folder, 'certificate.pem'),
  },
  caddy: {
    language: 'caddy',
    replaced: upstream,
    around: (block, { folder, port, plainPort }) => `{
  admin off
  storage file_system ${folder}/storage
  local_certs
  skip_install_trust
  default_bind 127.0.0.1
  http_port ${plainPort}
  https_port ${port}
}
${block}
`,
    command: (file) => ['caddy', 'run', '--adapter', 'caddyfile', '--config', file],
    keepsConnections: true,
    authority: ({ folder }) => join(folder, 'storage/pki/authorities/local/root.crt'),
  },
  haproxy: {
    language: 'haproxy',
    replaced: (place) => ({
      ...upstream(place),
      'bind :443': `bind 127.0.0.1:${place.port}`,
      '/etc/haproxy/art.example.pem': join(place.folder, 'both.pem'),
    }),
    around: (block) => block,
    command: (file) => ['haproxy', '-db', '-f', file],
    keepsConnections: false,
    authority: ({ folder }) => join(folder, 'certificate.pem'),
  },
} satisfies Record<string, ProxyProgram>;

/** A proxy in a process of its own. */
export interface ProxyProcess {
  /** Where it serves LatentQL, without a trailing slash. */
  readonly url: string;
  /** The certificate to trust, as PEM. */
  readonly ca: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a proxy with its block of docs/proxies.md in front of a port of this machine; resolves when it takes connections.
 * Rejects with what it printed if it ends before.
 */
export async function startProxy(name: keyof typeof PROXIES, upstreamPort: number): Promise<ProxyProcess> {
  const program: ProxyProgram = PROXIES[name];
  const folder = await mkdtemp(join(tmpdir(), `latentql-${name}-`));
  const place = { folder, port: await freePort(), plainPort: await freePort(), upstreamPort };
  await makeCertificate(folder);
  const file = join(folder, 'configuration');
  await writeFile(file, program.around(replaceAll(await blockOf(program), program.replaced(place)), place));

  const [command, ...args] = program.command(file);
  const child = spawn(command, args, {
    env: { ...process.env, HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let printed = '';
  child.stderr.on('data', (bytes: Buffer) => (printed += bytes.toString()));
  const exited = once(child, 'exit');
  const endedEarly = exited.then(() => {
    throw new Error(`${name} ended with exit code ${child.exitCode}: ${printed}`);
  });
  endedEarly.catch(() => undefined); // looked at below, while it starts
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true });
  };
  try {
    const ca = await Promise.race([endedEarly, vi.waitFor(() => firstCertificate(program, place), 20_000)]);
    return { url: `https://${HOST}:${place.port}/latentql`, ca, stop };
  } catch (error) {
    if (child.exitCode === null) await stop();
    throw error;
  }
}

/** The certificate that clients trust, once the proxy takes connections with it. */
async function firstCertificate(program: ProxyProgram, place: ProxyPlace): Promise<string> {
  const ca = await readFile(program.authority(place), 'utf8');
  const socket = connectTls({ port: place.port, host: '127.0.0.1', servername: HOST, ca });
  try {
    await once(socket, 'secureConnect');
    return ca;
  } finally {
    socket.destroy();
  }
}

/** The block of docs/proxies.md in a proxy's language. */
async function blockOf({ language }: ProxyProgram): Promise<string> {
  const page = await readFile(join(import.meta.dirname, '../../docs/proxies.md'), 'utf8');
  const block = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(page)?.[1];
  if (block === undefined) throw new Error(`docs/proxies.md has no block in ${language}`);
  return block;
}

/** Replaces each text; one that is not there would leave the test with a configuration that is not the page's. */
function replaceAll(text: string, replaced: Readonly<Record<string, string>>): string {
  return Object.entries(replaced).reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`the block has no ${from}`);
    return before.replaceAll(from, to);
  }, text);
}

/** A certificate for HOST and its key, alone and in one file. */
async function makeCertificate(folder: string): Promise<void> {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`];
  await promisify(execFile)('openssl', ['req', ...kind, ...names, '-out', certificate, '-keyout', key]);
  await writeFile(
    join(folder, 'both.pem'),
    Buffer.concat(await Promise.all([readFile(certificate), readFile(key)])),
  );
}
