import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { lstatSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { libraryPath, linkProvider, readCudaRecord } from '../../src/engine/runtime/cuda-provider.ts';
import { CUDA_LIBRARIES, findCudaLibraries } from '../../src/setup/cuda-libraries.ts';
import type { PinnedPackage } from '../../src/setup/cuda-pin.ts';
import { installCommand, setUpCuda } from '../../src/setup/cuda.ts';
import { progressBar, showLibraries } from '../../src/setup/report.ts';

const FILES = {
  'libonnxruntime_providers_cuda.so': 'the provider'.repeat(1000),
  'libonnxruntime_providers_shared.so': 'what it shares',
};
const sha512 = (data: string | Uint8Array, encoding: 'hex' | 'base64') =>
  createHash('sha512').update(data).digest(encoding);

let root: string;
let folder: string;
let archive: Buffer;
let pin: PinnedPackage;
let server: Server;
/** The `range` of each request. */
let requests: (string | undefined)[];
/** Bytes after which the server breaks off. */
let breakAt: number;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'latentql-setup-'));
  folder = join(root, 'cache');
  const place = join(root, 'package/Plugins/Linux/x64');
  await mkdir(place, { recursive: true });
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(place, name), text);
  execFileSync('tar', ['-czf', join(root, 'package.tgz'), '-C', root, 'package']);
  archive = await readFile(join(root, 'package.tgz'));
  requests = [];
  breakAt = Infinity;
  server = createServer((request, response) => {
    const { range } = request.headers;
    requests.push(range);
    const from = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
    const body = archive.subarray(from);
    response.writeHead(range ? 206 : 200, { 'content-length': body.length });
    if (body.length <= breakAt) response.end(body);
    else
      response.write(
        body.subarray(0, breakAt),
        () => void kept(from + breakAt).finally(() => response.destroy()),
      );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  pin = {
    runtimeVersion: '1.2.3',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/package.tgz`,
    byteLength: archive.length,
    integrity: sha512(archive, 'base64'),
    folder: 'package/Plugins/Linux/x64',
    files: Object.fromEntries(Object.entries(FILES).map(([name, text]) => [name, sha512(text, 'hex')])),
  };
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(root, { recursive: true });
});

/** Resolves when the client has kept so many bytes: what it has not read yet is lost with the connection. */
const kept = (bytes: number) =>
  vi.waitFor(async () => {
    const part = (await readdir(folder)).find((name) => name.endsWith('.part'))!;
    expect((await stat(join(folder, part))).size).toBe(bytes);
  });

const setUp = (changes: Partial<PinnedPackage> = {}) =>
  setUpCuda({
    folder,
    pin: { ...pin, ...changes },
    coreVersion: '1.2.3',
    pause: 0,
    libraries: Promise.resolve([
      { file: 'libcublas.so.13', remedy: '', folder: '/opt/nvidia/cublas/lib' },
      { file: 'libcublasLt.so.13', remedy: '', folder: '/opt/nvidia/cublas/lib' },
      { file: 'libcudart.so.13', remedy: '', folder: 'system' },
      { file: 'libcudnn.so.9', remedy: 'pip install nvidia-cudnn-cu13', folder: undefined },
    ]),
  });

describe('setup cuda', () => {
  test('installs the provider and notes where the libraries are; a second time downloads nothing', async () => {
    await setUp();
    await setUp();
    expect((await readdir(folder)).toSorted()).toEqual([...Object.keys(FILES), 'record.json']);
    for (const [name, text] of Object.entries(FILES))
      expect(await readFile(join(folder, name), 'utf8')).toBe(text);
    expect(readCudaRecord(folder)).toEqual({
      runtimeVersion: '1.2.3',
      libraryFolders: ['/opt/nvidia/cublas/lib'],
    });
    expect(requests).toEqual([undefined]);
  });

  test('goes on where a download broke off', async () => {
    breakAt = Math.ceil(archive.length / 3);
    await setUp();
    expect(requests).toEqual([undefined, `bytes=${breakAt}-`, `bytes=${2 * breakAt}-`]);
    expect(readCudaRecord(folder)?.runtimeVersion).toBe('1.2.3');
  });

  test('gives up where nothing more comes, and goes on there the next time', async () => {
    breakAt = 100;
    const broken = setUp();
    await vi.waitFor(() => {
      expect(requests).toHaveLength(2);
    }, 20_000);
    breakAt = 0;
    await expect(broken).rejects.toThrow(/broke off at \d+ of \d+ bytes: .*the next attempt resumes there/);
    breakAt = Infinity;
    const before = requests.length;
    await setUp();
    expect(requests[before]).toMatch(/^bytes=[1-9]\d+-$/);
    expect(readCudaRecord(folder)?.runtimeVersion).toBe('1.2.3');
  });

  test('installs nothing that is not what was pinned', async () => {
    const integrity = sha512('another', 'base64');
    await expect(setUp({ integrity })).rejects.toThrow(/has unexpected content: SHA-512 .*, expected/);
    const files = { ...pin.files, 'libonnxruntime_providers_shared.so': sha512('another', 'hex') };
    await expect(setUp({ files })).rejects.toThrow(
      'libonnxruntime_providers_shared.so differs from the pinned file',
    );
    expect(readCudaRecord(folder)).toBeUndefined();
  });

  test('names what it cannot reach', async () => {
    await expect(setUp({ url: 'http://127.0.0.1:1/x' })).rejects.toThrow(/cannot be reached: /);
  });

  test('refuses a core of another version before it downloads', async () => {
    await expect(setUp({ runtimeVersion: '1.2.4' })).rejects.toThrow(
      /provider is of ONNX Runtime 1\.2\.4, the installed onnxruntime-node of 1\.2\.3: .* npm install --prefix \S+ --no-save --ignore-scripts onnxruntime-node@1\.2\.4/,
    );
    expect(requests).toEqual([]);
  });

  test('names the command that replaces the core of each kind of installation', () => {
    const replaced = 'onnxruntime-node@1.2.4';
    expect(installCommand('1.2.4', '/srv/latentql')).toBe(
      `npm install --prefix /srv/latentql --no-save --ignore-scripts ${replaced}`,
    );
    expect(installCommand('1.2.4', '/srv/node_modules/latentql')).toBe(
      `npm install --prefix /srv/node_modules/latentql --no-save --ignore-scripts --omit=dev ${replaced}`,
    );
    // npx would install its folder again without it.
    expect(installCommand('1.2.4', '/home/me/.npm/_npx/0a1b/node_modules/latentql')).toBe(
      'npm init -y && npm pkg set overrides.onnxruntime-node=1.2.4 && npm install --ignore-scripts latentql, in a new folder, and use npx latentql there',
    );
  });

  test('shows its progress once for each percent, or each tenth where nobody looks', () => {
    for (const [isTTY, lines] of [
      [true, 101],
      [false, 11],
    ] as const) {
      const written: string[] = [];
      const show = progressBar({ isTTY, write: (text) => written.push(String(text)) > 0 }, 1000);
      for (let bytes = 0; bytes <= 1000; bytes += 5) show(bytes);
      expect(written).toHaveLength(lines);
      expect(written.at(-1)).toContain('100 %\n');
    }
  });
});

describe('an installed provider', () => {
  test('is linked beside the core at start, again after the core was installed anew', async () => {
    await setUp();
    const core = { folder: join(root, 'core'), version: '1.2.3' };
    for (let i = 0; i < 2; i++) {
      await rm(core.folder, { recursive: true, force: true });
      await mkdir(core.folder);
      for (let again = 0; again < 2; again++) expect(linkProvider(core, folder)).toBeUndefined();
      for (const name of Object.keys(FILES))
        expect(readlinkSync(join(core.folder, name))).toBe(join(folder, name));
    }
  });

  test('leaves a file alone that somebody put there, and replaces a link that leads elsewhere', async () => {
    await setUp();
    const core = { folder: root, version: '1.2.3' };
    const [own, linked] = Object.keys(FILES) as [string, string];
    await writeFile(join(root, own), '');
    execFileSync('ln', ['-s', '/nowhere', join(root, linked)]);
    expect(linkProvider(core, folder)).toBeUndefined();
    expect(lstatSync(join(root, own)).isFile()).toBe(true);
    expect(readlinkSync(join(root, linked))).toBe(join(folder, linked));
  });

  test('of another version than the core is refused by both', async () => {
    await setUp();
    expect(linkProvider({ folder: root, version: '1.3.0' }, folder)).toMatch(
      /is for ONNX Runtime 1\.2\.3, onnxruntime-node is 1\.3\.0/,
    );
    expect(linkProvider({ folder: join(root, 'none'), version: '1.2.3' }, folder)).toMatch(
      /cannot link the CUDA provider into onnxruntime-node: ENOENT/,
    );
  });

  test('adds the folders of its libraries to those that the loader looks in', () => {
    const record = { runtimeVersion: '', libraryFolders: ['/a', '/b'] };
    expect(libraryPath('/c:/a', record)).toBe('/c:/a:/b');
    expect(libraryPath(undefined, record)).toBe('/a:/b');
    expect(libraryPath(undefined, undefined)).toBeUndefined();
  });
});

test('CUDA libraries are found in the cache of the loader, in pip packages of the active and of every other python3, and in conda, or named one by one', async () => {
  const place = join(root, 'venv/lib/python3.12/site-packages/nvidia/cublas/lib');
  const conda = join(root, 'conda/lib');
  for (const path of [place, conda]) await mkdir(path, { recursive: true });
  await writeFile(join(place, 'libcublas.so.13'), '');
  await writeFile(join(conda, 'libcudnn.so.9'), '');
  const onPath = join(root, 'other/lib/python3.13/site-packages/nvidia/cu13/lib');
  await mkdir(onPath, { recursive: true });
  await mkdir(join(root, 'other/bin'));
  await writeFile(join(onPath, 'libcudart.so.13'), '');
  await writeFile(join(root, 'other/bin/python3'), '');
  const environments = { VIRTUAL_ENV: join(root, 'venv'), CONDA_PREFIX: join(root, 'conda') };
  const env = { ...environments, PATH: join(root, 'other/bin'), HOME: root };
  const known = Promise.resolve('\tlibcuda.so.1 (libc6,x86-64) => /usr/lib/…');
  const found = await findCudaLibraries(env, known, join(root, 'nothing'));
  const folderOf = (name: string) => found.find(({ file }) => file === name)?.folder;
  expect(found.map(({ file }) => file)).toEqual(CUDA_LIBRARIES.map(({ file }) => file));
  expect(folderOf('libcuda.so.1')).toBe('system');
  expect(folderOf('libcublas.so.13')).toBe(place);
  expect(folderOf('libcudnn.so.9')).toBe(conda);
  expect(folderOf('libcudart.so.13')).toBe(onPath);
  const missing = { file: 'libcurand.so.10', remedy: 'pip install nvidia-curand', folder: undefined };
  expect(showLibraries([missing])).toEqual(['libcurand.so.10: missing: pip install nvidia-curand']);
});
