import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileContent } from '../../src/engine/index.ts';
import type { AdapterList } from '../../src/jobs/img2img.ts';
import type { JobFile, JobRefiner } from '../../src/jobs/request.ts';
import { AdapterFiles } from '../../src/models/adapter-files.ts';
import { ModelHashes } from '../../src/models/model-hashes.ts';
import { announcesFiles, filesOfJobs } from '../../src/services/job-files.ts';
import { request, temporaryFolder } from '../jobs/fixtures.ts';

const ADAPTERS: readonly (readonly [AdapterList, string, string])[] = [
  ['loras', 'Lora/one.safetensors', 'LoRA'],
  ['controls', 'ControlNet/one.safetensors', 'control'],
  ['embeddings', 'embeddings/one.pt', 'embedding'],
  ['vaes', 'vae/one.safetensors', 'VAE'],
  ['upscalers', 'upscale_models/one.pth', 'upscaler'],
];
const REFINERS = ['xl/one.safetensors', 'xl/one/model_index.json', 'xl/one.safetensors.index.json'];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let hashes: ModelHashes;
beforeEach(async () => {
  folder = await temporaryFolder();
  hashes = new ModelHashes(join(folder.path, 'hashes.json'), (error) => expect.fail(String(error)));
});
afterEach(async () => {
  await hashes.close();
  await folder.remove();
});

const at = (file: string) => join(folder.path, 'models', file);
async function put(file: string, content: string): Promise<void> {
  await mkdir(dirname(at(file)), { recursive: true });
  await writeFile(at(file), content);
}

/** The files of a job as a worker finds them, whatever lies in its folder. */
function worker(installed = 'xl/one.safetensors', files?: readonly FileContent[]) {
  const where = {
    ...{ modelsDir: at(''), hashes, isModel: () => false },
    checkpointOf: () => undefined,
  };
  const filesIn = (place: string) =>
    new AdapterFiles(where, {
      mayBe: (file) => file.startsWith(`${dirname(place)}/`),
      inspect: () => Promise.resolve({ problem: null }),
    });
  return filesOfJobs({
    adapters: Object.fromEntries(ADAPTERS.map(([kind, file]) => [kind, filesIn(file)])) as Record<
      AdapterList,
      AdapterFiles<{ readonly problem: string | null }>
    >,
    models: {
      get: (name) =>
        Promise.resolve(name === 'one' ? ({ installed: true, problem: null, files } as never) : undefined),
      pathOf: (name) => (name === 'one' ? at(installed) : undefined),
    },
    hashes,
  });
}

const pinned = async (file: string): Promise<JobRefiner> => {
  const sha256 = await hashes.read(at(file));
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  return { name: 'one', file, sha256: sha256!, switchAt: 0.8 };
};

const changed = (kind: string, { file, sha256 }: JobFile, found: string | undefined) =>
  `the ${kind} one (${file}) has changed since the job was accepted: expected SHA-256 ${sha256}, found ${found}; ` +
  `put the file back, or submit the job again`;
const gone = (kind: string, { file, sha256 }: JobFile) =>
  `the ${kind} one (${file}) is gone since the job was accepted: put the file with SHA-256 ${sha256} back, or submit the job again`;

test.each(ADAPTERS)(
  'of %s a worker takes the file with the content that was accepted, wherever it lies, and no other',
  async (kind, file, called) => {
    await put(file, 'as accepted');
    const one = await pinned(file);
    const { adapterOf } = worker();
    expect(await adapterOf(kind, one)).toBe(at(file));
    const elsewhere = join(dirname(file), 'deeper', file.split('/')[1]!);
    await put(elsewhere, '');
    await rename(at(file), at(elsewhere));
    expect(await adapterOf(kind, one)).toBe(at(elsewhere));
    await put(file, 'another content');
    expect(await adapterOf(kind, one)).toBe(at(elsewhere));
    await put(elsewhere, 'changed');
    await expect(adapterOf(kind, one)).rejects.toThrow(changed(called, one, await hashes.read(at(file))));
    await rm(at(file));
    await expect(adapterOf(kind, one)).rejects.toThrow(gone(called, one));
  },
);

test.each(REFINERS)('of a refiner in %s a worker takes what was accepted, and nothing else', async (file) => {
  const shard = 'one-00001-of-00001.safetensors';
  const parts = {
    'xl/one.safetensors': ['xl/one.safetensors', 'as accepted'],
    'xl/one/model_index.json': ['xl/one/unet/diffusion_pytorch_model.safetensors', 'as accepted'],
    'xl/one.safetensors.index.json': [`xl/${shard}`, 'as accepted'],
  }[file] as [string, string];
  await put(file, `{"unet": ["diffusers", "UNet"], "weight_map": {"a": "${shard}"}}`);
  await put(...parts);
  const one = await pinned(file);
  const { refinerOf } = worker(file);
  expect(await refinerOf(one)).toBe(at(file));
  await put(parts[0], 'as changed!');
  await expect(refinerOf(one)).rejects.toThrow(changed('refiner', one, await hashes.read(at(file))));
  await put(...parts);
  expect(await refinerOf(one)).toBe(at(file));
  await expect(refinerOf({ ...one, name: 'gone' })).rejects.toThrow('gone is no longer installed');
});

const ACCEPTED: readonly FileContent[] = [
  { name: 'one.safetensors', content: 'sha256:1' },
  { name: 'ae.safetensors', content: 'sha256:2' },
];

test.each([
  [
    'one.safetensors',
    'sha256:1',
    'sha256:9',
    [{ name: 'one.safetensors', content: 'sha256:9' }, ACCEPTED[1]!],
  ],
  ['ae.safetensors', 'sha256:2', 'none', [ACCEPTED[0]!]],
  [
    'one.latentql.json',
    'none',
    'sha256:3',
    [...ACCEPTED, { name: 'one.latentql.json', content: 'sha256:3' }],
  ],
] as const)(
  'a model whose %s has changed since its job was accepted is refused',
  async (name, expected, found, now) => {
    await put('xl/one.safetensors', 'as accepted');
    const one = await pinned('xl/one.safetensors');
    const message =
      `the file ${name} of the model one has changed since the job was accepted: ` +
      `expected ${expected}, found ${found}; put the file back, or submit the job again`;
    const accepted = { model: 'one', modelFiles: ACCEPTED };
    const [same, other] = [worker(undefined, ACCEPTED.toReversed()), worker(undefined, now)];
    expect(await same.checkpointOf(accepted)).toBe(at('xl/one.safetensors'));
    expect(await same.refinerOf({ ...one, files: ACCEPTED })).toBe(at('xl/one.safetensors'));
    await expect(other.checkpointOf(accepted)).rejects.toThrow(message);
    await expect(other.refinerOf({ ...one, files: ACCEPTED })).rejects.toThrow(message);
    expect(await other.checkpointOf({ model: 'one' })).toBe(at('xl/one.safetensors'));
  },
);

describe('a worker that announces its files', () => {
  const content = (text: string): FileContent[] => [{ name: 'a.safetensors', content: `sha256:${text}` }];
  const model = (name: string, text: string, more: object = {}) =>
    ({ name, installed: true, files: content(text), ...more }) as never;
  const file = (sha256: string) => ({ name: 'x', file: 'x.safetensors', sha256 });
  const adapter = (sha256: string | null) => ({ name: 'x', file: 'x.safetensors', sha256 }) as never;
  const asked = request({
    model: 'one',
    modelFiles: content('aa'),
    loras: [{ ...file('l'), strength: 1, textStrength: 1 }],
    embeddings: [file('e')],
    vae: file('v'),
    tinyDecoder: file('t'),
    refiner: { ...file('r'), name: 'two', files: content('bb'), switchAt: 0.8 },
  });
  const all = {
    models: [model('one', 'aa'), model('two', 'bb', { hash: null })],
    loras: [adapter('other'), adapter('l')],
    controls: [],
    embeddings: [adapter('e')],
    vaes: [adapter('v'), adapter('t')],
    upscalers: [],
  };

  test('has those of a job if each has the content that was accepted', () => {
    expect(announcesFiles(asked, all)).toBe(true);
    expect(announcesFiles(request({ model: 'one' }), all)).toBe(true);
    const known = [model('one', 'aa'), model('two', 'bb', { hash: 'r' })];
    expect(announcesFiles(asked, { ...all, models: known })).toBe(true);
  });

  test.each<[string, Partial<typeof all>]>([
    ['the model', { models: [model('two', 'bb')] }],
    ['an installed model', { models: [model('one', 'aa', { installed: false }), model('two', 'bb')] }],
    ["the model's content", { models: [model('one', 'ab'), model('two', 'bb')] }],
    ["the refiner's content", { models: [model('one', 'aa'), model('two', 'aa')] }],
    ["the refiner's hash", { models: [model('one', 'aa'), model('two', 'bb', { hash: 'q' })] }],
    ['the LoRA', { loras: [adapter('other')] }],
    ['the hash of the LoRA', { loras: [adapter(null)] }],
    ['the embedding', { embeddings: [] }],
    ['the tiny decoder', { vaes: [adapter('v')] }],
  ])('lacks them where %s is not there', (_what, less) => {
    expect(announcesFiles(asked, { ...all, ...less })).toBe(false);
  });

  test('has what a worker of an older version does not announce', () => {
    expect(
      announcesFiles(asked, { models: [model('one', 'aa', { files: undefined }), model('two', 'bb')] }),
    ).toBe(true);
  });
});
