import { cp, mkdtemp, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filesOf, openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { stateOf } from '../../../src/engine/checkpoint/file-state.ts';
import { inspectCheckpoint } from '../../../src/engine/checkpoint/inspect.ts';
import type { TensorWindow } from '../../../src/engine/checkpoint/safetensors.ts';
import { checkpointFiles } from '../../../src/engine/checkpoint/whole-checkpoint.ts';
import { FAMILIES, type ModelFamily } from '../../../src/engine/families/index.ts';
import { checkNetworks } from '../../../src/engine/networks/check.ts';
import { RecipeCheckpoints } from '../../conformance/recipes.ts';
import {
  fluxFolder,
  sd15Folder,
  sd2Folder,
  sdxlFolder,
  split,
  writeFolder,
  type FolderContent,
} from './diffusers-folder.ts';
import { readTensors } from './repack.ts';
import { safetensors, temporaryFolder } from './safetensors-file.ts';

const GOLDEN = 'test/golden';

let made: string;
let recipes: RecipeCheckpoints;
/** The index of each golden folder. */
const indices = new Map<string, string>();
const index = (name: string) => indices.get(name)!;
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'latentql-folders-'));
  recipes = new RecipeCheckpoints(`${GOLDEN}/next`, GOLDEN);
  const put = async (name: string, content: FolderContent, shards = {}) =>
    indices.set(name, await writeFolder(join(made, name), content, { shards }));
  await put('sd15', await sd15Folder());
  await put('sd2', await sd2Folder(await recipes.path('sd21-v-f16')), { unet: 2 });
  await put('sdxl', await sdxlFolder(), { unet: 2, text_encoder_2: 2 });
  await put('flux', await fluxFolder(), { transformer: 3 });
});
afterAll(async () => {
  await recipes.close();
  await rm(made, { recursive: true });
});

/** A copy of a golden folder, for a test to change. */
async function copied(name: string): Promise<string> {
  const folder = join(await temporaryFolder(), name);
  await cp(dirname(index(name)), folder, { recursive: true });
  return folder;
}

const contents = new Map<string, Promise<Buffer>>();

async function bytesOf({ file, offset, byteLength, pieces }: TensorWindow): Promise<Buffer> {
  if (pieces) return Buffer.concat(await Promise.all(pieces.map(bytesOf)));
  const content = contents.get(file) ?? readFile(file);
  contents.set(file, content);
  return (await content).subarray(offset, offset + byteLength);
}

describe("a folder in Diffusers' layout", () => {
  const SINGLE: Readonly<Record<string, [ModelFamily, () => Promise<string> | string]>> = {
    sd15: ['sd15', () => `${GOLDEN}/checkpoints/sd15-f16.safetensors`],
    sd2: ['sd2', () => recipes.path('sd21-v-f16')],
    sdxl: ['sdxl', () => `${GOLDEN}/checkpoints/sdxl-f16.safetensors`],
    flux: ['flux', () => `${GOLDEN}/checkpoints/flux1-schnell-bf16.safetensors`],
  };

  test.each(Object.keys(SINGLE))(
    'has every weight of the single file of %s, and its networks build',
    async (name) => {
      const [family, path] = SINGLE[name]!;
      const [found, expected] = [await openCheckpoint(index(name)), await openCheckpoint(await path())];
      expect(found.family).toBe(family);
      checkNetworks(found);
      for (const { name: part } of FAMILIES[family].parts) {
        const [ours, theirs] = [found.weights(part), expected.weights(part)];
        if (part === 'clip_g' || part === 'clip_h') continue; // spelled in another way
        expect(ours.keys().sort()).toEqual(theirs.keys().sort());
        for (const key of ours.keys()) {
          const [a, b] = [ours.get(key), theirs.get(key)];
          expect([key, a.dtype]).toEqual([key, b.dtype]);
          expect((await bytesOf(a)).equals(await bytesOf(b)), key).toBe(true);
        }
      }
    },
  );

  test('says in its configuration how it was trained and how many heads it has', async () => {
    expect(await openCheckpoint(index('sd15'))).toMatchObject({
      prediction: 'eps',
      zeroTerminalSnr: false,
      sidecar: { unet: { num_heads: 8 }, clip_l: { num_attention_heads: 2 } },
    });
    expect(await openCheckpoint(index('sd2'))).toMatchObject({ prediction: 'v', zeroTerminalSnr: true });
    expect((await openCheckpoint(index('sdxl'))).sidecar.unet).toMatchObject({ num_head_channels: 32 });
    expect((await openCheckpoint(index('flux'))).sidecar.unet).toEqual({ axes_dim: [4, 14, 14] });
  });

  test('takes the words of a sidecar beside the folder before those of its configuration', async () => {
    const folder = await copied('sd15');
    await writeFile(`${folder}.latentql.json`, '{"prediction": "v", "recommended": {"steps": 7}}');
    const { prediction, sidecar } = await openCheckpoint(join(folder, 'model_index.json'));
    expect({ prediction, heads: sidecar.clip_l }).toEqual({
      prediction: 'v',
      heads: { num_attention_heads: 2 },
    });
    expect((await inspectCheckpoint(join(folder, 'model_index.json'))).recommended).toEqual({ steps: 7 });
  });

  test('is sound, with the size of the files that are read', async () => {
    for (const name of Object.keys(SINGLE)) {
      const sizes = await Promise.all(
        (await checkpointFiles(index(name))).map(async ({ path }) => (await stat(path)).size),
      );
      const sizeBytes = sizes.reduce((sum, size) => sum + size, 0);
      const { problem, missingFiles, ...found } = await inspectCheckpoint(index(name), checkNetworks);
      expect({ problem, missingFiles }).toEqual({ problem: null, missingFiles: [] });
      expect(found.sizeBytes).toBeGreaterThanOrEqual(sizeBytes);
    }
  });

  test('may have the variant in half precision alone, or beside a full one that is not whole', async () => {
    const { networks, json } = await sd15Folder();
    const folder = await temporaryFolder();
    const at = await writeFolder(folder, { networks, json }, { variant: '.fp16' });
    const names = async () => (await checkpointFiles(at)).map(({ name }) => name);
    expect((await inspectCheckpoint(at)).problem).toBeNull();
    expect(await names()).toContain('unet/diffusion_pytorch_model.fp16.safetensors');
    const [list] = [...split('diffusion_pytorch_model', networks['unet']!, 2)].slice(-1);
    await writeFile(join(folder, 'unet', list![0]), list![1]);
    expect((await inspectCheckpoint(at)).problem).toBeNull();
    await writeFile(join(folder, 'unet/diffusion_pytorch_model.non_ema.safetensors'), 'of no use');
    await writeFile(join(folder, 'vae/diffusion_pytorch_model.safetensors'), safetensors(networks['vae']!));
    expect((await inspectCheckpoint(at)).problem).toBeNull();
    expect(await names()).toContain('vae/diffusion_pytorch_model.safetensors');
  });

  test('has another state when a shard or a configuration comes, goes or changes', async () => {
    const folder = await copied('flux');
    const at = join(folder, 'model_index.json');
    const state = async () => stateOf(await filesOf(at));
    const states = [await state()];
    await writeFile(join(folder, 'text_encoder/config.json'), '{"num_attention_heads": 4}');
    states.push(await state());
    await writeFile(join(folder, 'transformer/diffusion_pytorch_model.fp16.safetensors'), 'x');
    states.push(await state());
    await rm(join(folder, 'transformer/diffusion_pytorch_model-00002-of-00003.safetensors'));
    states.push(await state());
    expect(new Set(states).size).toBe(states.length);
  });
});

const UNET = 'unet/diffusion_pytorch_model';
const SHARD = (n: number) => `${UNET}-0000${n}-of-00002.safetensors`;
const LIST = `${UNET}.safetensors.index.json`;

/** Changes the object in a JSON file. */
const edit = async (path: string, change: (value: Record<string, unknown>) => unknown) => {
  const value = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  await writeFile(path, JSON.stringify(change(value)));
};

const moved = (from: string, to: string) => (folder: string) => rename(join(folder, from), join(folder, to));
const gone = (file: string) => (folder: string) => rm(join(folder, file), { recursive: true });
const written = (file: string, text: string) => (folder: string) => writeFile(join(folder, file), text);
const configured = (file: string, more: object) => (folder: string) =>
  edit(join(folder, file), (value) => ({ ...value, ...more }));

type Fault = readonly [
  what: string,
  harm: (folder: string) => Promise<unknown>,
  problem: RegExp,
  missing?: string,
];

const FAULTS: readonly Fault[] = [
  [
    'a shard that is missing',
    gone(SHARD(2)),
    /^sdxl: missing: unet\/.*00002-of-00002\.safetensors: download/,
    SHARD(2),
  ],
  [
    'a network that is missing',
    gone('vae'),
    /^sdxl: missing: vae\/diffusion_pytorch_model\.safetensors/,
    'vae/diffusion_pytorch_model.safetensors',
  ],
  [
    'a text encoder that is missing',
    gone('text_encoder'),
    /missing: text_encoder\/model\.safetensors/,
    'text_encoder/model.safetensors',
  ],
  [
    'a shard that is cut off',
    async (folder) => truncate(join(folder, SHARD(2)), (await stat(join(folder, SHARD(2)))).size - 8),
    /^sdxl\/unet\/.*00002-of-00002\.safetensors: tensor ".*truncated download/,
  ],
  [
    'a tensor that is in no shard',
    (folder) =>
      edit(join(folder, LIST), ({ weight_map }) => ({
        weight_map: { ...(weight_map as object), 'a.weight': SHARD(1).slice(5) },
      })),
    /^sdxl\/unet\/diffusion_pytorch_model\.safetensors\.index\.json: "a\.weight" is in no shard, expected in/,
  ],
  [
    'a tensor that is in two shards',
    (folder) => cp(join(folder, SHARD(1)), join(folder, SHARD(2))),
    /^sdxl\/unet\/.*: "[\w.]+" is in two shards, .*00001-of-00002\.safetensors and .*00002-of-00002/,
  ],
  [
    'a list that leaves the folder',
    (folder) =>
      edit(join(folder, LIST), () => ({ weight_map: { 'conv_in.bias': '../../secret.safetensors' } })),
    /the shard of "conv_in\.bias" is "\.\.\/\.\.\/secret\.safetensors", expected the name of a \.safetensors file/,
  ],
  [
    'a list without a map',
    written(LIST, '{}'),
    /index\.json: expected "weight_map", a map from tensors to shards/,
  ],
  [
    'a list that is a pointer',
    written(LIST, 'version https://git-lfs.github.com/spec/v1'),
    /Git LFS pointer/,
  ],
  [
    'shards without their list',
    gone(LIST),
    /^sdxl\/unet\/.*: the shard index is missing beside it: download/,
  ],
  [
    'an index that is no JSON',
    written('model_index.json', '<html>'),
    /^sdxl\/model_index\.json: not a JSON object; it is a web page/,
  ],
  [
    'pickles alone',
    moved('vae/diffusion_pytorch_model.safetensors', 'vae/diffusion_pytorch_model.bin'),
    /^sdxl\/vae\/.*\.bin is not a \.safetensors file: download vae\//,
  ],
  [
    'a pipeline of another kind',
    configured('model_index.json', {
      _class_name: 'KolorsPipeline',
      text_encoder_2: [null, null],
      unet: [null, null],
    }),
    /^sdxl: expected a folder of SD1\.5, .*or FLUX\.1, found KolorsPipeline \(vae, text_encoder\)|found KolorsPipeline/,
  ],
  [
    'another prediction',
    configured('scheduler/scheduler_config.json', { prediction_type: 'sample' }),
    /^sdxl\/scheduler\/scheduler_config\.json: prediction_type is "sample", expected epsilon or v_prediction/,
  ],
  [
    'its own noise levels',
    configured('scheduler/scheduler_config.json', { beta_end: 0.02 }),
    /beta_end is 0\.02, expected 0\.012/,
  ],
  [
    "EDM's noise levels",
    configured('scheduler/scheduler_config.json', { _class_name: 'EDMEulerScheduler' }),
    /_class_name is "EDMEulerScheduler", expected a scheduler other than EDM/,
  ],
  [
    'a latent of another scale',
    configured('vae/config.json', { scaling_factor: 0.18215 }),
    /^sdxl\/vae\/config\.json: scaling_factor is 0\.18215, expected 0\.13025 for SDXL/,
  ],
  [
    'heads that no rule gives',
    configured('unet/config.json', { attention_head_dim: [1, 3, 2] }),
    /1, 3, 2 heads at the levels of 32, 64, 32 channels/,
  ],
  [
    'a configuration of another form',
    configured('text_encoder/config.json', { num_attention_heads: 'two' }),
    /^sdxl\/text_encoder\/config\.json: num_attention_heads: /,
  ],
  ['a download under way', written(`${SHARD(1)}.aria2`, ''), /is still being downloaded/],
];

test.each(FAULTS.map(([what, ...rest]) => ({ what, rest })))(
  'a folder with $what says so',
  async ({ rest }) => {
    const [harm, problem, missing] = rest;
    const folder = await copied('sdxl');
    await harm(folder);
    const found = await inspectCheckpoint(join(folder, 'model_index.json'), checkNetworks);
    expect(found.problem).toMatch(problem);
    expect(found.problem).not.toContain(dirname(folder));
    expect(found.missingFiles).toEqual(missing === undefined ? [] : [missing]);
    expect(found.sizeBytes).toBeGreaterThan(100_000);
  },
);

describe('a checkpoint that is split', () => {
  test('is the single file, with what lies beside it', async () => {
    const folder = await temporaryFolder();
    const tensors = await readTensors(`${GOLDEN}/checkpoints/flux1-schnell-bf16.safetensors`);
    for (const [name, bytes] of split('flux1-schnell', tensors, 2))
      await writeFile(join(folder, name), bytes);
    for (const name of ['ae', 'clip_l', 't5xxl_fp16'])
      await cp(`${GOLDEN}/checkpoints/${name}.safetensors`, join(folder, `${name}.safetensors`));
    await writeFile(join(folder, 'tokenizer.json'), '{}');
    await writeFile(join(folder, 'flux1-schnell.json'), '{"unet": {"axes_dim": [4, 14, 14]}}');
    const path = join(folder, 'flux1-schnell.safetensors.index.json');
    const { family, problem, sizeBytes } = await inspectCheckpoint(path, checkNetworks);
    expect({ family, problem }).toEqual({ family: 'flux', problem: null });
    expect(sizeBytes).toBeGreaterThan(4_000_000);
    const [found, expected] = [
      await openCheckpoint(path),
      await openCheckpoint(`${GOLDEN}/checkpoints/flux1-schnell-bf16.safetensors`),
    ];
    const key = 'single_blocks.1.linear1.weight';
    expect(await bytesOf(found.weights('unet').get(key))).toEqual(
      await bytesOf(expected.weights('unet').get(key)),
    );
    await rm(join(folder, 'flux1-schnell-00002-of-00002.safetensors'));
    expect(await inspectCheckpoint(path)).toMatchObject({
      problem: expect.stringMatching(
        /^flux1-schnell\.safetensors\.index\.json: missing: flux1-schnell-00002/,
      ) as string,
      missingFiles: ['flux1-schnell-00002-of-00002.safetensors'],
    });
  });
});
