import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adapterNamed } from '../../src/models/adapter-catalog.ts';
import { AdapterFiles } from '../../src/models/adapter-files.ts';
import { folderKind } from '../../src/models/adapter-folders.ts';
import { ModelHashes } from '../../src/models/model-hashes.ts';
import { safetensors } from '../engine/checkpoint/safetensors-file.ts';
import { temporaryFolder } from '../jobs/fixtures.ts';

describe('the adapters of a kind', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let hashes: ModelHashes;
  let reads: string[];
  let files: AdapterFiles<{ text: string; problem: null }>;
  let sft: AdapterFiles<{ text: string; problem: null }>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    hashes = new ModelHashes(join(folder.path, '.hashes.json'), () => undefined);
    reads = [];
    const modelsDir = join(folder.path, 'models');
    const isModel = (file: string) => file.startsWith('models/');
    const checkpointOf = (model: string) => (model === 'known' ? '/known.safetensors' : undefined);
    const parts = { modelsDir, hashes, isModel, checkpointOf };
    sft = new AdapterFiles(parts, {
      mayBe: () => true,
      inspect: async (path) => ({ text: await readFile(path, 'utf8'), problem: null }),
    });
    files = new AdapterFiles(parts, {
      mayBe: (file) => /\.(txt|safetensors)$/.test(file),
      misfit: (path, checkpoint) => Promise.resolve({ problem: `${path} in ${checkpoint}`, unused: ['a'] }),
      inspect: async (path, file) => {
        reads.push(file);
        const text = await readFile(path, 'utf8').catch(() => undefined);
        return text?.startsWith('not ') === false ? { text, problem: null } : undefined;
      },
    });
  });
  afterEach(async () => {
    await hashes.close();
    await folder.remove();
  });
  const put = async (file: string, text: string) => {
    const path = join(folder.path, 'models', file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  };

  it('are none where the folder is missing', async () => {
    expect(await files.list()).toEqual([]);
  });

  it('cannot be used if their numbers are not finite, once their bytes were read', async () => {
    const nan = new Uint8Array(Float32Array.from([NaN]).buffer);
    const path = join(folder.path, 'models', 'x.safetensors');
    await put('x.safetensors', '');
    await writeFile(path, safetensors({ 'up.weight': { dtype: 'F32', shape: [1], bytes: nan } }));
    expect(await files.list()).toMatchObject([{ sha256: null, problem: null }]);
    const problem =
      'x.safetensors: "up.weight" contains numbers that are not finite: the file is damaged, download it again';
    expect(await files.get('x')).toMatchObject({
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      problem,
    });
    expect(await files.list()).toMatchObject([{ problem }]);
    await put('x.safetensors', 'another file');
    expect(await files.get('x')).toMatchObject({ problem: null });
  });

  it('are listed under the names of their files, with their folders where two share one', async () => {
    await put('a/x.safetensors', 'one');
    await put('b/x.safetensors', 'two');
    await put('b/y.txt', 'three');
    await put('z.safetensors', 'not one of them');
    expect((await files.list()).map(({ name, text }) => `${name} ${text}`)).toEqual([
      'a/x one',
      'b/x two',
      'y.txt three',
    ]);
    expect(await files.get('x')).toBeUndefined();
    expect(await files.get('b\\x.safetensors')).toMatchObject({
      text: 'two',
      sha256: expect.any(String) as string,
    });
    expect(await files.get('z')).toBeUndefined();
  });

  it('have names of their own where they differ in their extension alone', async () => {
    for (const file of ['a/x.safetensors', 'a/x.sft', 'b/x.sft']) await put(file, file);
    expect((await sft.list()).map(({ name, text }) => `${name} ${text}`)).toEqual([
      'a/x.safetensors a/x.safetensors',
      'a/x.sft a/x.sft',
      'b/x b/x.sft',
    ]);
    expect(await sft.get('a/x.sft')).toMatchObject({ text: 'a/x.sft' });
    expect(await sft.get('a/x')).toBeUndefined();
  });

  it('are the usable one of several that a name may mean', () => {
    const ink = (file: string, problem: string | null) => ({ name: file, file, problem });
    const adapters = [ink('loras/ink.pt', 'a pickle'), ink('loras/ink.safetensors', null)];
    expect(adapterNamed('ink', adapters)).toBe(adapters[1]);
    expect(adapterNamed('loras/ink.pt', adapters)).toBe(adapters[0]);
    expect(adapterNamed('ink', adapters.slice(0, 1))).toBe(adapters[0]);
  });

  it('are found by a name with composed letters, however their files write them', () => {
    const adapters = ['e\u0301clair', '\u00e9toile'].map((name) => ({
      ...{ name, file: `loras/${name}.safetensors`, problem: null },
    }));
    for (const name of ['\u00e9clair', 'e\u0301clair', 'loras/\u00e9clair.safetensors'])
      expect(adapterNamed(name, adapters)).toBe(adapters[0]);
    expect(adapterNamed('e\u0301toile', adapters)).toBe(adapters[1]);
    expect(adapterNamed('eclair', adapters)).toBeUndefined();
  });

  it('are read again only when they have changed', async () => {
    await put('a.txt', 'one');
    await files.list();
    await files.list();
    expect(reads).toEqual(['a.txt']);
    await put('a.txt', 'another');
    expect(await files.list()).toMatchObject([{ text: 'another' }]);
  });

  it('are not the files of models', async () => {
    await put('models/a.safetensors', 'one');
    await put('b.safetensors', 'two');
    expect(await files.list()).toMatchObject([{ name: 'b' }]);
  });

  it('are compared with the checkpoints of models that are there', async () => {
    const adapter = { name: 'a', file: 'a.txt', sha256: null, text: 'one', problem: null };
    expect(await files.misfit(adapter, 'known')).toEqual({
      problem: `${files.pathTo(adapter)} in /known.safetensors`,
      unused: ['a'],
    });
    expect(await files.misfit(adapter, 'unknown')).toEqual({ problem: null, unused: [] });
  });

  it('are found by their content wherever they lie now', async () => {
    await put('a.txt', 'one');
    const { file, sha256 } = (await files.get('a.txt'))!;
    await mkdir(join(folder.path, 'models/deep'));
    await rename(files.pathTo({ file }), join(folder.path, 'models/deep/a.txt'));
    expect(await files.pathOf({ file, sha256 })).toBe(files.pathTo({ file: 'deep/a.txt' }));
    await put('deep/a.txt', 'another');
    expect(await files.pathOf({ file, sha256 })).toBeUndefined();
  });
});

it.each([
  ['loras/a.safetensors', 'lora'],
  ['Lora/people/a.safetensors', 'lora'],
  ['VAE/a.safetensors', 'vae'],
  ['checkpoints/vae/a.safetensors', 'vae'],
  ['text_encoders/t5/a.safetensors', 'textEncoder'],
  ['ESRGAN/4x.safetensors', 'upscaler'],
  ['controlnet/sdxl/a.safetensors', 'controlnet'],
  ['embeddings/a.safetensors', 'embedding'],
  ['clip_vision/a.safetensors', 'other'],
  ['checkpoints/a.safetensors', undefined],
  ['Stable-diffusion/a.safetensors', undefined],
  ['diffusion_models/flux/a.safetensors', undefined],
  ['lora', undefined],
])('tells by the folder what %s is', (file, kind) => {
  expect(folderKind(file)).toBe(kind);
});
