import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { existingFiles } from '../../src/models/files-of-model.ts';
import { KNOWN_MODELS } from '../../src/models/names.ts';
import { checkFile, pullModel, urlOf } from '../../src/models/pull.ts';
import { MODEL_SOURCES, type ModelSource } from '../../src/models/sources.ts';

const STARTER = join(import.meta.dirname, '../../assets/models/starter.safetensors');
const FILE = 'sdxl/model.safetensors';
const BYTES = Buffer.from('the weights of a model '.repeat(5000));
const SHA256 = createHash('sha256').update(BYTES).digest('hex');

let root: string;
let modelsDir: string;
let server: Server;
let endpoint: string;
let requests: { url: string; range: string | undefined; authorization: string | undefined }[];
/** What the server does; the default sends the bytes that were asked for. */
let answer: (request: IncomingMessage, response: ServerResponse) => void;

/** Sends a file from where the request wants it; `cut` bytes of what is left, then the connection ends. */
function send(request: IncomingMessage, response: ServerResponse, bytes: Buffer, cut = Infinity): void {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const rest = bytes.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length });
  if (rest.length <= cut) response.end(rest);
  else response.write(rest.subarray(0, cut), () => void kept(from + cut).finally(() => response.destroy()));
}

/** Resolves when the client has kept so many bytes: what it has not read yet is lost with the connection. */
const kept = (bytes: number) =>
  vi.waitFor(async () => {
    expect((await stat(join(modelsDir, `${FILE}.part`))).size).toBe(bytes);
  });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'latentql-pull-'));
  modelsDir = join(root, 'models');
  requests = [];
  answer = (request, response) => {
    send(request, response, BYTES);
  };
  server = createServer((request, response) => {
    const { range, authorization } = request.headers;
    requests.push({ url: request.url ?? '', range, authorization });
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(root, { recursive: true });
});

const source = (changes: Partial<ModelSource['files'][0]> = {}): ModelSource => ({
  name: 'model',
  page: 'https://example.org/model',
  licence: 'a licence',
  conditions: 'accept the conditions and set HF_TOKEN',
  files: [
    {
      file: FILE,
      host: 'huggingface',
      path: '/owner/model/resolve/main/model.safetensors',
      byteLength: BYTES.length,
      sha256: SHA256,
      ...changes,
    },
  ],
});

const pull = (
  changes: Partial<ModelSource['files'][0]> = {},
  environment: NodeJS.ProcessEnv = {},
  onProgress?: (file: string, bytes: number, total: number) => void,
) =>
  pullModel(source(changes), {
    modelsDir,
    environment: { HF_ENDPOINT: `${endpoint}/`, ...environment },
    pause: 0,
    ...(onProgress && { onProgress }),
  });
const pulled = () => readFile(join(modelsDir, FILE));

describe('a pull', () => {
  test('puts the file where the model belongs, with its progress; a second one downloads nothing', async () => {
    const seen: number[] = [];
    await pull({}, {}, (file, bytes, total) => {
      expect([file, total]).toEqual([FILE, BYTES.length]);
      seen.push(bytes);
    });
    expect((await pulled()).equals(BYTES)).toBe(true);
    expect(seen.at(-1)).toBe(BYTES.length);
    await pull();
    expect(requests.map(({ url }) => url)).toEqual(['/owner/model/resolve/main/model.safetensors']);
  });

  test('goes on where the connection broke off, as often as something came', async () => {
    answer = (request, response) => {
      send(request, response, BYTES, 40_000);
    };
    await pull();
    expect((await pulled()).equals(BYTES)).toBe(true);
    const starts = requests.map(({ range }) => Number(/\d+/.exec(range ?? '0')![0]));
    expect(starts.length).toBeGreaterThan(2);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  });

  test('goes on in another process, and begins anew where the server knows no ranges', async () => {
    await mkdir(dirname(join(modelsDir, FILE)), { recursive: true });
    await writeFile(join(modelsDir, `${FILE}.part`), BYTES.subarray(0, 1000));
    answer = (_request, response) => response.writeHead(200, { 'content-length': BYTES.length }).end(BYTES);
    await pull();
    expect(requests.map(({ range }) => range)).toEqual(['bytes=1000-']);
    expect((await pulled()).equals(BYTES)).toBe(true);
  });

  test('gives up where nothing comes, says so and keeps what it has', async () => {
    answer = (request, response) => {
      if (requests.length === 1) send(request, response, BYTES, 40_000);
      else response.socket?.destroy();
    };
    await expect(pull()).rejects.toThrow(/cannot be reached: /);
    expect((await stat(join(modelsDir, `${FILE}.part`))).size).toBeGreaterThan(0);
    await expect(pulled()).rejects.toThrow('ENOENT');
  });

  test.each([
    ['fewer', BYTES.length - 1],
    ['more', BYTES.length + 1],
  ])('refuses a server that says that the file has %s bytes before it downloads it', async (_, length) => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': length }).flushHeaders();
    };
    await expect(pull()).rejects.toThrow(`has ${length} bytes, expected ${BYTES.length}`);
  });

  test('stops where more comes than was said, and does not fill the disk', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.write(BYTES);
      response.write(BYTES);
    };
    await expect(pull()).rejects.toThrow(`sends more than its ${BYTES.length} bytes`);
    expect((await stat(join(modelsDir, `${FILE}.part`))).size).toBeLessThanOrEqual(BYTES.length);
  });

  test('keeps nothing of wrong bytes, also where only the rest is wrong', async () => {
    const wrong = Buffer.from(BYTES).fill(0, 50_000, 50_001);
    answer = (request, response) => {
      send(request, response, wrong);
    };
    await expect(pull()).rejects.toThrow(`expected ${SHA256}`);
    await expect(stat(join(modelsDir, `${FILE}.part`))).rejects.toThrow('ENOENT');
    await expect(pulled()).rejects.toThrow('ENOENT');
  });

  test.each([401, 403])('that is answered %i says what to accept', async (status) => {
    answer = (_request, response) => response.writeHead(status).end('no');
    await expect(pull()).rejects.toThrow(
      `answered ${status}: accept the conditions and set HF_TOKEN (https://example.org/model)`,
    );
    await expect(stat(join(modelsDir, `${FILE}.part`))).rejects.toThrow('ENOENT');
  });

  test('that is answered 401 with a token says that the token was not accepted', async () => {
    answer = (_request, response) => response.writeHead(401).end('no');
    await expect(pull({}, { HF_TOKEN: 'hf_old' })).rejects.toThrow(
      'answered 401: the token in HF_TOKEN was not accepted; accept the conditions and set HF_TOKEN',
    );
  });

  test.each([
    ['of the size of the file', { 'content-length': BYTES.length }],
    ['of no known size', {}],
  ])(
    'that is answered with a login page %s keeps nothing of it and says what to accept',
    async (_, headers) => {
      answer = (_request, response) =>
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(BYTES);
      const said = 'answered 200 with a web page: accept the conditions and set HF_TOKEN';
      await expect(pull()).rejects.toThrow(said);
      await expect(pull({ byteLength: null, sha256: null })).rejects.toThrow(said);
      await expect(stat(join(modelsDir, `${FILE}.part`))).rejects.toThrow('ENOENT');
    },
  );

  test.each([429, 503])('goes on where a server that answered %i meanwhile answers again', async (status) => {
    answer = (request, response) => {
      if (requests.length === 2) response.writeHead(status).end();
      else send(request, response, BYTES, 60_000);
    };
    await pull();
    expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=60000-', 'bytes=60000-']);
    expect((await pulled()).equals(BYTES)).toBe(true);
  });

  test('gives up where a server stays busy', async () => {
    answer = (_request, response) => response.writeHead(503).end();
    await expect(pull()).rejects.toThrow(/answered 503$/);
    expect(requests).toHaveLength(3);
  });

  test('sends the token to the host that it is for, and not where that redirects to', async () => {
    const other = createServer((request, response) => {
      requests.push({ url: 'other', range: undefined, authorization: request.headers.authorization });
      send(request, response, BYTES);
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    answer = (_request, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${port}/file` }).end();
    await pull({}, { HF_TOKEN: 'hf_secret', CIVITAI_TOKEN: 'another' });
    other.close();
    expect(requests.map(({ authorization }) => authorization)).toEqual(['Bearer hf_secret', undefined]);
  });

  test('looks for room first', async () => {
    await expect(pull({ byteLength: 2 ** 60, sha256: null })).rejects.toThrow(
      /bytes free, \d+ are needed: make room/,
    );
    expect(requests).toEqual([]);
  });

  test('leaves a file of another content alone', async () => {
    await mkdir(dirname(join(modelsDir, FILE)), { recursive: true });
    await writeFile(join(modelsDir, FILE), 'mine');
    await expect(pull()).rejects.toThrow(/is a different file: it has 4 bytes, expected \d+; move it away/);
    expect((await pulled()).toString()).toBe('mine');
  });

  test('without a known hash keeps a usable checkpoint and removes another file', async () => {
    const unknown = { byteLength: null, sha256: null };
    answer = (_request, response) => response.end('<html>please log in</html>');
    await expect(pull(unknown)).rejects.toThrow(/not a usable checkpoint and was removed/);
    await expect(pulled()).rejects.toThrow('ENOENT');
    const starter = await readFile(STARTER);
    await mkdir(modelsDir, { recursive: true });
    answer = (request, response) => {
      send(request, response, starter);
    };
    await writeFile(
      join(modelsDir, 'sdxl/model.json'),
      await readFile(STARTER.replace('safetensors', 'json')),
    );
    await pull(unknown);
    expect((await pulled()).equals(starter)).toBe(true);
  });
});

describe('a pull of a large file', () => {
  const LARGE = randomBytes(2 ** 22 * 10 + 7);
  const large = { byteLength: LARGE.length, sha256: createHash('sha256').update(LARGE).digest('hex') };
  let now: number;
  let most: number;

  /** Sends the range that was asked for; `cut` bytes of it, then the connection ends. */
  const sendRange = (request: IncomingMessage, response: ServerResponse, bytes = LARGE, cut = Infinity) => {
    const [, start = 0, end = bytes.length - 1] =
      /bytes=(\d+)-(\d+)?/.exec(request.headers.range ?? '') ?? [];
    const range = bytes.subarray(Number(start), Number(end) + 1);
    const headers = {
      'content-range': `bytes ${start}-${end}/${bytes.length}`,
      'content-length': range.length,
    };
    response.writeHead(206, headers);
    if (range.length <= cut) response.end(range);
    else response.write(range.subarray(0, cut), () => response.destroy());
  };

  beforeEach(() => {
    most = now = 0;
    server.on('request', (_request, response) => {
      most = Math.max(most, ++now);
      response.on('close', () => now--);
    });
  });

  test('takes several connections, and writes their bytes where they belong', async () => {
    const held: (() => void)[] = [];
    answer = (request, response) => {
      held.push(() => {
        sendRange(request, response);
      });
      if (held.length === 3) for (const go of held.reverse()) go(); // the last ones wait for their turn
    };
    const seen: number[] = [];
    await pull(large, {}, (_file, bytes) => seen.push(bytes));
    expect((await pulled()).equals(LARGE)).toBe(true);
    expect(most).toBe(3);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(requests.map(({ range }) => range)).toContain(`bytes=${2 ** 24}-${2 ** 25 - 1}`);
  });

  test('goes on in the middle of a piece, where connections break off and in another process', async () => {
    answer = (request, response) => {
      sendRange(request, response, LARGE, 9_000_000);
    };
    await mkdir(dirname(join(modelsDir, FILE)), { recursive: true });
    await writeFile(join(modelsDir, `${FILE}.part`), LARGE.subarray(0, 1000));
    await pull(large);
    expect((await pulled()).equals(LARGE)).toBe(true);
    expect(requests[0]!.range).toBe(`bytes=1000-${1000 + 2 ** 24 - 1}`);
  });

  test('takes one connection where the server knows no ranges', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-length': LARGE.length }).end(LARGE);
    await pull(large);
    expect((await pulled()).equals(LARGE)).toBe(true);
  });

  test('keeps nothing of wrong bytes', async () => {
    const wrong = Buffer.from(LARGE).fill(0, 2 ** 24 + 5, 2 ** 24 + 50);
    answer = (request, response) => {
      sendRange(request, response, wrong);
    };
    await expect(pull(large)).rejects.toThrow(`expected ${large.sha256}`);
    await expect(stat(join(modelsDir, `${FILE}.part`))).rejects.toThrow('ENOENT');
  });

  test.each([
    ['shorter', LARGE.subarray(0, 2 ** 25)],
    ['longer', Buffer.concat([LARGE, Buffer.alloc(9)])],
  ])('refuses a file that is %s than expected', async (_, other) => {
    answer = (request, response) => {
      if (request.headers.range) sendRange(request, response, other);
      else response.writeHead(200, { 'content-length': other.length }).end(other);
    };
    await expect(pull(large)).rejects.toThrow(`has ${other.length} bytes, expected ${LARGE.length}`);
    await expect(pulled()).rejects.toThrow('ENOENT');
  });

  test('stops where a piece is longer than what was asked for', async () => {
    answer = (request, response) => {
      const [, start, end] = /bytes=(\d+)-(\d+)/.exec(request.headers.range!)!;
      response.writeHead(206, { 'content-range': `bytes ${start}-${end}/${LARGE.length}` });
      response.end(LARGE.subarray(0, 2 ** 24 + 1));
    };
    await expect(pull(large)).rejects.toThrow(/sends more than the 16777216 bytes that were asked for/);
  });

  test('can be stopped, and leaves no request open', async () => {
    const stop = new AbortController();
    answer = (_request, response) => {
      if (now === 3) stop.abort();
      else response.writeHead(206, { 'content-length': 5 }).flushHeaders();
    };
    const [file] = source(large).files;
    const pulling = pullModel(
      { ...source(), files: [file] },
      { modelsDir, environment: { HF_ENDPOINT: endpoint }, signal: stop.signal },
    );
    await expect(pulling).rejects.toThrow();
    await vi.waitFor(() => {
      expect(now).toBe(0);
    });
  });
});

describe('the sources of the known models', () => {
  test('are those of every model that is not bundled, in its own place', () => {
    expect(MODEL_SOURCES.map(({ name, files }) => ({ name, file: files[0].file }))).toEqual(
      KNOWN_MODELS.filter(({ name }) => name !== 'starter'),
    );
  });

  test('are well formed, and stand in docs/models.md as they are', async () => {
    const page = await readFile(join(import.meta.dirname, '../../docs/models.md'), 'utf8');
    for (const { name, page: address, licence, files } of MODEL_SOURCES) {
      expect(page).toContain(name);
      expect(page).toContain(address);
      expect(page).toContain(licence);
      for (const file of files) {
        expect(URL.canParse(urlOf(file, {}))).toBe(true);
        expect(file.sha256 ?? '0'.repeat(64)).toMatch(/^[0-9a-f]{64}$/);
        expect(page).toContain(urlOf(file, {}));
        expect(page).toContain(file.sha256 ?? 'unknown');
      }
    }
  });
});

test('A check tells the right file from another one and from none', async () => {
  const [file] = source().files;
  expect((await checkFile(file, modelsDir)).state).toBe('missing');
  await pull();
  expect((await checkFile(file, modelsDir)).state).toBe('sound');
  expect((await checkFile({ ...file, sha256: null }, modelsDir)).state).toBe('unknown');
  expect(await checkFile({ ...file, sha256: '0'.repeat(64) }, modelsDir)).toMatchObject({
    state: 'other',
    why: `its SHA-256 is ${SHA256}, expected ${'0'.repeat(64)}`,
  });
});

test('The files of a model are its own, and its companions where no other checkpoint may need them', async () => {
  const put = async (...files: string[]) => {
    for (const file of files) {
      await mkdir(dirname(join(modelsDir, file)), { recursive: true });
      await writeFile(join(modelsDir, file), 'x');
    }
  };
  await put(
    'sd1.5/a.safetensors',
    'sd1.5/a.latentql.json',
    'sd1.5/ae.safetensors',
    'sd1.5/a.safetensors.part',
  );
  await put('flux/f.safetensors', 'flux/ae.safetensors', 'flux/tokenizer.json', 'flux/notes.txt');
  const filesOf = (file: string, family: 'sd15' | 'flux') =>
    existingFiles({ name: 'x', file, family }, modelsDir);
  expect((await filesOf('sd1.5/a.safetensors', 'sd15')).toSorted()).toEqual([
    'sd1.5/a.latentql.json',
    'sd1.5/a.safetensors',
    'sd1.5/a.safetensors.part',
  ]);
  expect((await filesOf('flux/f.safetensors', 'flux')).toSorted()).toEqual([
    'flux/ae.safetensors',
    'flux/f.safetensors',
    'flux/tokenizer.json',
  ]);
  await put('folder/model_index.json', 'folder/unet/a.safetensors', 'folder/unet/a.bin', 'folder/README.md');
  expect(await filesOf('folder/model_index.json', 'sd15')).toEqual([
    'folder/model_index.json',
    'folder/unet/a.bin',
    'folder/unet/a.safetensors',
  ]);
  await put('flux/g.safetensors');
  expect(await filesOf('flux/f.safetensors', 'flux')).toEqual(['flux/f.safetensors']);
  expect(await existingFiles({ name: 'starter', file: FILE, family: 'sd15' }, modelsDir)).toEqual([]);
});
