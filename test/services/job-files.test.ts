import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AdapterList } from '../../src/jobs/img2img.ts';
import type { JobFile } from '../../src/jobs/request.ts';
import { AdapterFiles } from '../../src/models/adapter-files.ts';
import { ModelHashes } from '../../src/models/model-hashes.ts';
import { filesOfJobs } from '../../src/services/job-files.ts';
import { temporaryFolder } from '../jobs/fixtures.ts';

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
function worker(installed = 'xl/one.safetensors') {
  const where = {
    ...{ modelsDir: at(''), hashes, isModel: () => false },
    checkpointOf: () => undefined,
  };
  const filesIn = (place: string) =>
    new AdapterFiles(where, {
      mayBe: (file) => file.startsWith(`${dirname(place)}/`),
      inspect: () => Promise.resolve({}),
    });
  return filesOfJobs({
    adapters: Object.fromEntries(ADAPTERS.map(([kind, file]) => [kind, filesIn(file)])) as Record<
      AdapterList,
      AdapterFiles<object>
    >,
    models: {
      get: (name) =>
        Promise.resolve(name === 'one' ? ({ installed: true, problem: null } as never) : undefined),
      pathOf: (name) => (name === 'one' ? at(installed) : undefined),
    },
    hashes,
  });
}

const pinned = async (file: string): Promise<JobFile> => {
  const sha256 = await hashes.read(at(file));
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  return { name: 'one', file, sha256: sha256! };
};

const changed = (kind: string, { file, sha256 }: JobFile) =>
  `the ${kind} one (${file}) has changed since the job was accepted, or is gone: ` +
  `put the file with SHA-256 ${sha256} back, or submit the job again`;

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
    await expect(adapterOf(kind, one)).rejects.toThrow(changed(called, one));
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
  await expect(refinerOf(one)).rejects.toThrow(changed('refiner', one));
  await put(...parts);
  expect(await refinerOf(one)).toBe(at(file));
  await expect(refinerOf({ ...one, name: 'gone' })).rejects.toThrow('gone is no longer installed');
});
