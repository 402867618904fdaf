import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installedAdapters, type InstalledAdapters } from '../../src/models/installed-adapters.ts';
import { InstalledModels } from '../../src/models/installed-models.ts';
import { ModelHashes } from '../../src/models/model-hashes.ts';
import { tinyLora } from '../engine/adapters/tiny-lora.ts';
import { safetensors } from '../engine/checkpoint/safetensors-file.ts';
import { temporaryFolder } from '../jobs/fixtures.ts';

/** A tree of ComfyUI with files in other formats, and of other kinds than their folders say. */

const PICKLE = Buffer.concat([Buffer.from([0x80, 2, 0x7d, 0x71, 0]), Buffer.alloc(100, 1)]);
const A_PICKLE = /a PyTorch file \(pickle\), which can run code: use the \.safetensors version/;
const FOLDERS = { loras: 'loras', controls: 'controlnet', vaes: 'vae', upscalers: 'upscale_models' } as const;
const ENDINGS = ['pt', 'ckpt', 'bin', 'pth'];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let hashes: ModelHashes;
let models: InstalledModels;
let adapters: InstalledAdapters;

beforeAll(async () => {
  folder = await temporaryFolder();
  const put = async (file: string, bytes: Uint8Array) => {
    await mkdir(dirname(join(folder.path, file)), { recursive: true });
    await writeFile(join(folder.path, file), bytes);
  };
  for (const place of Object.values(FOLDERS)) {
    for (const ending of ENDINGS) await put(`${place}/old.${ending}`, PICKLE);
    await put(`${place}/numbers.safetensors`, safetensors({ a: { dtype: 'F32', shape: [2, 2, 2] } }));
  }
  const lora = await tinyLora();
  await put('vae/lora.safetensors', lora);
  await put('loras/lora.safetensors', lora);
  for (const file of ['old.ckpt', 'checkpoints/deep/old.pt', 'loose.pt']) await put(file, PICKLE);
  await put('unet/flux-Q4.gguf', Buffer.from(`GGUF${'\0'.repeat(100)}`));
  hashes = new ModelHashes(join(folder.path, 'hashes.json'), (error) => expect.fail(String(error)));
  models = await InstalledModels.find({ modelsDir: folder.path, packageDir: process.cwd() });
  adapters = installedAdapters({
    modelsDir: folder.path,
    hashes,
    isModel: (file) => models.isModel(file),
    checkpointOf: (model) => models.pathOf(model),
  });
});
afterAll(async () => {
  await hashes.close();
  await folder.remove();
});

const problemsOf = (files: readonly { readonly file: string; readonly problem: string | null }[]) =>
  Object.fromEntries(files.map(({ file, problem }) => [file, problem]));

it.each(Object.entries(FOLDERS))(
  'lists among the %s every file of their folder that cannot be used, with what it is',
  async (kind, place) => {
    const problems = problemsOf(await adapters[kind as keyof typeof FOLDERS].list());
    for (const ending of ENDINGS) expect(problems[`${place}/old.${ending}`]).toMatch(A_PICKLE);
    expect(problems[`${place}/numbers.safetensors`]).toMatch(
      /^numbers\.safetensors: expected an? .*, found a checkpoint or another kind of file$/,
    );
  },
);

it('says of a file in the folder of another kind what it is, and lists it once where it belongs', async () => {
  expect(problemsOf(await adapters.vaes.list())['vae/lora.safetensors']).toBe(
    'lora.safetensors: expected a VAE, found a LoRA',
  );
  expect(problemsOf(await adapters.loras.list())).toMatchObject({ 'loras/lora.safetensors': null });
  expect(await adapters.loras.get('lora')).toMatchObject({ file: 'loras/lora.safetensors' });
});

it('lists checkpoints in other formats with the remedy, and nothing that lies outside their folders', async () => {
  const problems = problemsOf(await models.list());
  expect(problems['old.ckpt']).toMatch(A_PICKLE);
  expect(problems['checkpoints/deep/old.pt']).toMatch(A_PICKLE);
  expect(problems['unet/flux-Q4.gguf']).toMatch(/a GGUF file: use the \.safetensors version/);
  expect(Object.keys(problems)).not.toContain('loose.pt');
  expect(models.entries.map(({ name }) => name)).toContain('flux_Q4_gguf');
});
