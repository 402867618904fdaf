import { execFileSync } from 'node:child_process';
import { access, copyFile, mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { InstalledModels } from '../../src/models/installed-models.ts';
import { openAdapters, openHashes } from '../../src/services/shared.ts';
import { op, torchArchive } from '../engine/adapters/torch-archive.ts';
import { encode } from '../engine/checkpoint/encode.ts';
import { readTensors } from '../engine/checkpoint/repack.ts';
import { safetensors } from '../engine/checkpoint/safetensors-file.ts';
import { temporaryFolder } from '../jobs/fixtures.ts';
import { startTestServer, type TestServer } from '../server/fixtures.ts';

/** A folder in which nearly every file is made to harm: each is that file's problem, and the server answers for all. */

const STARTER = 'assets/models/starter.safetensors';
const SD15 = 'test/golden/checkpoints/sd15-f16.safetensors';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let hashes: ReturnType<typeof openHashes>;
let server: TestServer;
/** A file that comes to be if a pickle is run. */
let marker: string;

const pathTo = (file: string): string => join(folder.path, 'models', file);
const put = async (file: string, bytes: Buffer) => {
  await mkdir(dirname(pathTo(file)), { recursive: true });
  await writeFile(pathTo(file), bytes);
};

/** A file of torch.save that has its reader call something. */
const calling = (module: string, name: string, ...given: readonly Buffer[]) =>
  torchArchive({ 'data.pkl': op.program(op.call(op.global(module, name), op.tuple(...given))) });

const entry = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';

const KNOWN_PLACES: ReadonlyMap<string, string> = new Map([
  ['majicmixRealistic_betterV6', 'sd1.5/majicmixRealistic_betterV6.safetensors'],
  ['dreamshaper_8', 'sd1.5/dreamshaper-v8/dreamshaper_8.safetensors'],
]);

/** Checkpoints, each with what its problem says. */
const CHECKPOINTS: Readonly<Record<string, readonly [make: (file: string) => unknown, problem: RegExp]>> = {
  deep: [(file) => put(file, encode('{"a":'.repeat(1e6) + '1' + '}'.repeat(1e6))), /tensor "a"/],
  dots: [
    (file) => put(file, encode(`{"${'.'.repeat(100_000)}":${entry}}`, new Uint8Array(1))),
    /100000 char/,
  ],
  long: [(file) => put(file, encode(`{"${'k'.repeat(6e6)}":${entry}}`, new Uint8Array(1))), /6000000 char/],
  far: [
    async (file) => {
      const key = 'model.diffusion_model.input_blocks.4294967295.0.weight';
      await put(file, safetensors({ ...(await readTensors(SD15)), [key]: { dtype: 'F16', shape: [1] } }));
    },
    /4294967295|counts further/,
  ],
  // What is no file is looked at only where a known model would be
  majicmixRealistic_betterV6: [(file) => execFileSync('mkfifo', [pathTo(file)]), /a pipe or a device/],
  dreamshaper_8: [(file) => symlink('/dev/zero', pathTo(file)), /a pipe or a device/],
  secret: [
    async (file) => {
      await writeFile(join(folder.path, 'passwd'), 'root:hunter2');
      await symlink(join(folder.path, 'passwd'), pathTo(file));
    },
    /text instead of the file/,
  ],
  beside_pipe: [
    async (file) => {
      await copyFile(STARTER, pathTo(file));
      execFileSync('mkfifo', [pathTo('beside_pipe.latentql.json')]);
    },
    /a pipe or a device/,
  ],
  beside_large: [
    async (file) => {
      await copyFile(STARTER, pathTo(file));
      await put('beside_large.latentql.json', Buffer.from('{"recommended":{"width":3000000000}}'));
    },
    /recommended\.width/,
  ],
  beside_three: [
    async (file) => {
      await copyFile(STARTER, pathTo(file));
      const latent_rgb = { factors: Array(3).fill([0, 0, 0]), bias: [0, 0, 0] };
      await put('beside_three.latentql.json', Buffer.from(JSON.stringify({ latent_rgb })));
    },
    /factors has 3 rows/,
  ],
};

beforeAll(async () => {
  folder = await temporaryFolder();
  marker = join(folder.path, 'ran');
  await mkdir(pathTo('sd1.5/dreamshaper-v8'), { recursive: true });
  for (const [name, [make]] of Object.entries(CHECKPOINTS))
    await make(KNOWN_PLACES.get(name) ?? `${name}.safetensors`);

  const touch = op.text(`touch ${marker}`);
  await put('upscale_models/system.pth', calling('os', 'system', touch));
  await put('upscale_models/exec.pth', calling('builtins', 'exec', op.text(`open("${marker}", "w")`)));
  await put('upscale_models/packed.pth', torchArchive({ 'data.pkl': Buffer.alloc(1000) }, 8));
  await put('upscale_models/legacy.pth', Buffer.concat([Buffer.from([0x80, 2]), Buffer.alloc(1000, 0x4e)]));
  await put('embeddings/system.pt', calling('posix', 'system', touch));
  const vectors = 1_000_000;
  const header = { e: { dtype: 'F16', shape: [vectors, 16], data_offsets: [0, 32 * vectors] } };
  const bytes = encode(JSON.stringify(header));
  await put('embeddings/million.safetensors', bytes);
  await truncate(pathTo('embeddings/million.safetensors'), bytes.length + 32 * vectors); // a hole
  for (const kind of ['vae', 'loras', 'controlnet'])
    await put(`${kind}/deep.safetensors`, encode('{"a":'.repeat(1e5) + '1' + '}'.repeat(1e5)));

  const config = readConfig({ MODELS_DIR: pathTo(''), DATA_DIR: join(folder.path, 'data') });
  const log = pino({ level: 'silent' });
  hashes = openHashes(config, log);
  const models = await InstalledModels.find({
    modelsDir: config.modelsDir,
    packageDir: process.cwd(),
    hashes,
  });
  server = await startTestServer({}, { models, ...openAdapters(config, models, hashes) });
});
afterAll(async () => {
  await server.close();
  await hashes.close();
  await rm(folder.path, { recursive: true });
});

interface File {
  readonly name: string;
  readonly problem: string | null;
}

/** A list of files with their problems; an answer that tells a path or a secret of this machine is a failure. */
async function listed(field: string): Promise<Map<string, string | null>> {
  const query = encodeURIComponent(`{ ${field} { name problem } }`);
  const text = await (await fetch(`${server.url}/graphql?query=${query}`)).text();
  expect(text).not.toContain(folder.path);
  expect(text).not.toMatch(/hunter2|root:|node_modules/);
  const { data } = JSON.parse(text) as { data: Record<string, File[]> };
  return new Map(data[field]!.map(({ name, problem }) => [name, problem]));
}

test('Every checkpoint that is made to harm has its own problem, and the sound one has none', async () => {
  const models = await listed('models');
  for (const [name, [, problem]] of Object.entries(CHECKPOINTS))
    expect([name, models.get(name)]).toEqual([name, expect.stringMatching(problem)]);
  expect(models.get('starter')).toBeNull();
});

test('A pickle is not run, and one that wants to be is refused by its problem', async () => {
  const upscalers = await listed('upscalers');
  expect(upscalers.get('system')).toMatch(/calls "os\.system"/);
  expect(upscalers.get('exec')).toMatch(/calls "builtins\.exec"/);
  expect(upscalers.get('packed')).toMatch(/expected an uncompressed torch\.save archive/);
  expect(upscalers.get('legacy')).toMatch(/use its \.safetensors version/);
  const embeddings = await listed('embeddings');
  expect(embeddings.get('system')).toMatch(/calls "posix\.system"/);
  expect(embeddings.get('million')).toMatch(/1000000 vectors, expected at most 225/);
  await expect(access(marker)).rejects.toThrow('ENOENT');
});

test.each(['vaes', 'loras', 'controlModels'])(
  'A file that is made to harm is one problem among the %s',
  async (field) => {
    expect((await listed(field)).get('deep')).toMatch(/tensor "a"/);
  },
);

test('A job with such a file is refused at once, and the server lives', async () => {
  const submit = async (input: object) => {
    const query =
      'mutation ($i: Img2ImgInput!) { img2img(input: $i) { job { id } userErrors { code message } } }';
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { i: { width: 64, height: 64, steps: 1, ...input } } }),
    });
    const text = await response.text();
    expect(text).not.toContain(folder.path);
    return (JSON.parse(text) as { data: { img2img: { job: object | null; userErrors: object[] } } }).data
      .img2img;
  };
  for (const [input, code] of [
    [{ modelName: 'deep' }, 'MODEL_INVALID'],
    [{ modelName: 'majicmixRealistic_betterV6' }, 'MODEL_INVALID'],
    [{ modelName: 'sd_xl_base_1_0' }, 'MODEL_NOT_INSTALLED'],
    [{ model: 'starter', upscale: { by: 2, model: 'system' } }, 'INVALID_VALUE'],
    [{ model: 'starter', vae: 'deep' }, 'INVALID_VALUE'],
    [{ model: 'starter', loras: [{ name: 'deep' }] }, 'INVALID_VALUE'],
  ] as const) {
    expect([input, await submit(input)]).toMatchObject([input, { job: null, userErrors: [{ code }] }]);
  }
  expect(await submit({ model: 'starter', prompt: 'embedding:million' })).toMatchObject({
    job: { id: expect.any(String) as string },
  });
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
});
