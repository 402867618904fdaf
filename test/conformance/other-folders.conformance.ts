import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compiledScript } from '../compiled-package.ts';
import { readTensors } from '../engine/checkpoint/repack.ts';
import { safetensors, temporaryFolder, type TensorData } from '../engine/checkpoint/safetensors-file.ts';
import type { NetsRecord } from './checkpoints.ts';
import { nets } from './nets.ts';
import { pipeline, type PipelineCase } from './pipeline.ts';
import { samplers } from './samplers.ts';
import { SECTIONS } from './sections.ts';
import { findTokenizer } from './t5-tokens.ts';

const GOLDEN = 'test/golden';
const SD15 = `${GOLDEN}/checkpoints/sd15-f16.safetensors`;

const readGolden = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(GOLDEN, name), 'utf8'));

/** Writes files below a folder: tensors, bytes, or anything else as JSON. */
async function write(folder: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    const isTensors = name.endsWith('.safetensors');
    await writeFile(
      path,
      isTensors ? safetensors(content as Record<string, TensorData>) : JSON.stringify(content),
    );
  }
}

/** Some tensors of a golden file under other keys. */
async function renamed(file: string, from: string, to: string): Promise<Record<string, TensorData>> {
  const tensors = Object.entries(await readTensors(join(GOLDEN, file)));
  const wanted = tensors.filter(([key]) => key.startsWith(from));
  return Object.fromEntries(wanted.map(([key, tensor]) => [to + key.slice(from.length), tensor]));
}

describe('networks of another folder', () => {
  test('are found under other names, indices and widths, in extra as well', async () => {
    const folder = await temporaryFolder();
    const { cases, configs } = (await readGolden('nets/nets.json')) as NetsRecord;
    const config = configs['sd15-f16'];
    const [prompt] = cases.filter(({ model, index }) => model === 'sd15-f16' && index === 2);
    await write(folder, {
      'nets/nets.json': {
        cases: [
          { ...prompt, model: 'other-f16', index: 40 },
          { ...prompt, model: 'more', index: 0 },
        ],
        configs: { 'other-f16': config, more: config },
      },
      'nets/nets.safetensors': {
        ...(await renamed('nets/nets.safetensors', 'sd15-f16/text/2/', 'other-f16/text/40/')),
        ...(await renamed('nets/nets.safetensors', 'sd15-f16/unet/1/', 'other-f16/unet/7/')),
        ...(await renamed('nets/nets.safetensors', 'timestep_embedding/', 'timestep_embedding/')),
        ...sines('unet64', [0, 3, 700.5]),
      },
      'extra/nets/nets.safetensors': {
        ...(await renamed('nets/nets.safetensors', 'sd15-f16/text/2/', 'more/text/0/')),
        ...(await renamed('nets/nets.safetensors', 'sd15-f16/vae_dec/2/', 'more/vae_dec/0/')),
      },
    });
    for (const path of ['checkpoints/other-f16', 'extra/checkpoints/more']) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await copyFile(SD15, join(folder, `${path}.safetensors`));
    }
    expect(await nets(folder, {})).toMatchObject({ cases: 8, failed: 0, failures: [] });
    expect(await nets(join(folder, 'extra'), {})).toMatchObject({ cases: 2, failed: 0 });
  });

  test('fail one by one, each with its cause', async () => {
    const folder = await temporaryFolder();
    const one: TensorData = { dtype: 'F32', shape: [1] };
    await write(folder, {
      'nets/nets.json': { cases: [], configs: {} },
      'extra/notes.json': 'an extra folder without networks',
      'nets/nets.safetensors': {
        'sd15-f16/text/0/cond': one,
        'sd15-f16/lora/0/out': one,
        'flux/vae_dec/0/latent': { dtype: 'F32', shape: [1, 16, 1, 1] },
        'timestep_embedding/unet/out': one,
      },
    });
    const { cases, failures, causes } = await nets(folder, {});
    expect([cases, failures]).toEqual([4, [...causes.keys()]]);
    expect([...causes.values()]).toEqual([
      expect.stringContaining('nets.json has no entry for it'),
      expect.stringContaining('there is no component "lora"'),
      expect.stringContaining('checkpoints: there is none for "flux"'),
      expect.stringContaining('"unet" names no width'),
    ]);
  });
});

/** A timestep embedding, from its definition. */
function sines(name: string, times: readonly number[]): Record<string, TensorData> {
  const half = Number(/\d+$/.exec(name)![0]) / 2;
  const row = (t: number) => {
    const angles = Array.from({ length: half }, (_, i) => t * 10_000 ** (-i / half));
    return [...angles.map(Math.cos), ...angles.map(Math.sin)];
  };
  const f32 = (shape: number[], values: number[]): TensorData => ({
    dtype: 'F32',
    shape,
    bytes: new Uint8Array(Float32Array.from(values).buffer),
  });
  return {
    [`timestep_embedding/${name}/t`]: f32([times.length], [...times]),
    [`timestep_embedding/${name}/out`]: f32([times.length, 2 * half], times.flatMap(row)),
  };
}

/** Every level of these comes twice: a sampler that divides by their distance has nothing to say. */
const REPEATING = { sampler: 'dpmpp_2m', scheduler: 'simple', steps: 20, denoise: 0.01 };

describe('sampler runs of another folder', () => {
  test('are run whatever they are called, and fail one by one', async () => {
    const folder = await temporaryFolder();
    const manifest = (await readGolden('samplers/samplers.json')) as { cases: { id: string; tag: string }[] };
    const traced = manifest.cases.filter(({ tag }) => tag === 'trace').slice(0, 2);
    const tensors = await readTensors(`${GOLDEN}/samplers/samplers.safetensors`);
    const keys = Object.entries(tensors).map(([key, tensor]) => [key.replace(/^case\//, 'case/z'), tensor]);
    const [first] = traced;
    await write(folder, {
      'samplers/samplers.json': {
        ...manifest,
        cases: [
          ...traced.reverse().map((it) => ({ ...it, id: `z${it.id}`, tag: 'something else' })),
          { ...first, id: 'unknown', sampler: 'dpm_4' },
          { ...first, id: 'short', model_calls: 3 },
          { ...first, id: 'nan', ...REPEATING, finite: false },
        ],
      },
      'samplers/samplers.safetensors': Object.fromEntries(keys) as Record<string, TensorData>,
    });
    const { cases, failures, causes } = await samplers(folder, {});
    expect([cases, failures]).toEqual([5, ['unknown', 'short']]);
    expect(causes.get('short')).toMatch(/evaluations: \d+, expected 3/);
  });
});

describe('pipelines of another folder', () => {
  test('need the records of their own families only, and fail one by one', async () => {
    const folder = await temporaryFolder();
    const { cases } = (await readGolden('pipeline/pipeline.json')) as { cases: PipelineCase[] };
    const { configs } = (await readGolden('nets/nets.json')) as NetsRecord;
    const entry = cases.find(({ id }) => id === 'sd15/12')!;
    await write(folder, {
      'nets/nets.json': { cases: [], configs: { 'sd15-f16': configs['sd15-f16'] } },
      'pipeline/pipeline.json': {
        cases: [
          { ...entry, id: 'sd15/a', image: 'no.png' },
          { ...entry, id: 'sd15/b', callback_count: undefined },
        ],
      },
      'pipeline/pipeline.safetensors': {
        ...(await renamed('pipeline/pipeline.safetensors', 'sd15/12/', 'sd15/b/')),
        ...(await renamed('pipeline/pipeline.safetensors', 'sd15/encoded/', 'sd15/encoded/')),
      },
    });
    await mkdir(join(folder, 'checkpoints'));
    await copyFile(SD15, join(folder, 'checkpoints/sd15-f16.safetensors'));
    await copyFile(join(GOLDEN, 'pipeline', entry.image), join(folder, 'pipeline', entry.image));
    const { cases: count, failures, causes } = await pipeline(folder, {});
    expect([count, failures]).toEqual([2, ['sd15/a']]);
    expect(causes.get('sd15/a')).toMatch(/ENOENT.*no\.png/);
  });

  test.for(['tokenizer.json', 'checkpoints/tokenizer.json', '../tokenizers/t5/tokenizer.json'])(
    'find a tokenizer for T5 under %s',
    async (path) => {
      const folder = join(await temporaryFolder(), 'golden');
      expect(findTokenizer(folder)).toBeUndefined();
      await mkdir(folder);
      await write(folder, { [path]: {} });
      expect(findTokenizer(folder)).toBe(join(folder, path));
    },
  );
});

describe('the command', () => {
  const run = (...args: string[]) =>
    new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      const command = [compiledScript('test/conformance/main.ts'), ...args];
      execFile('node', command, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stdout, stderr });
      });
    });

  test('runs what a folder has, one unreadable section notwithstanding', async () => {
    const folder = await temporaryFolder();
    await write(folder, {
      'prompts/prompts.json': await readGolden('prompts/prompts.json'),
      'sigmas/nothing.json': {},
    });
    const { code, stdout, stderr } = await run(folder, '--json');
    const empty = { cases: 0, failed: 0, worst: 0, failures: [], skipped: 0 };
    expect(JSON.parse(stdout)).toEqual({
      sigmas: { cases: 1, failed: 1, worst: Number.MAX_VALUE, failures: ['*'], skipped: 0 },
      noise: empty,
      samplers: empty,
      prompts: { cases: 469, failed: 0, worst: 0, failures: [], skipped: 201 },
      nets: empty,
      pipeline: empty,
      'sigmas-next': empty,
      'samplers-next': empty,
      lora: empty,
      inpaint: empty,
      variants: empty,
      text: empty,
      upscale: empty,
      control: empty,
      'prompts-a1111': empty,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/sigmas \* ENOENT.*sigmas\.json/);
  });

  test('skips what needs the tokenizer of T5 where there is none, says so, and is content', async () => {
    const folder = await temporaryFolder();
    const { cases } = (await readGolden('pipeline/pipeline.json')) as { cases: PipelineCase[] };
    for (const name of ['checkpoints', 'nets', 'prompts'])
      await symlink(resolve(GOLDEN, name), join(folder, name));
    await mkdir(join(folder, 'pipeline'));
    for (const name of await readdir(join(GOLDEN, 'pipeline')))
      if (name !== 'pipeline.json')
        await symlink(resolve(GOLDEN, 'pipeline', name), join(folder, 'pipeline', name));
    const flux = cases.filter(({ id }) => id.startsWith('flux/'));
    await write(folder, { 'pipeline/pipeline.json': { cases: flux } });
    const { code, stdout } = await run(folder, '--only', 'prompts,pipeline');
    expect(stdout).toMatch(
      /^prompts +469 cases, 0 failed, .*; 201 skipped for want of T5's tokenizer\.json/m,
    );
    expect(stdout).toMatch(
      /^pipeline +\d+ cases, 0 failed, .*; 11 skipped for want of T5's tokenizer\.json/m,
    );
    expect(code).toBe(0);
  });

  test('refuses a folder without any section, and a section by name that is not there', async () => {
    const folder = await temporaryFolder();
    expect(await run(folder)).toMatchObject({
      code: 2,
      stderr: `${folder}: expected folders ${Object.keys(SECTIONS).join(', ')}, found none of them\n`,
    });
    await write(folder, { 'sigmas/sigmas.json': {} });
    expect(await run(folder, '--only', 'sigmas,nets')).toMatchObject({
      code: 2,
      stderr: `${folder}: there is no folder "nets"\n`,
    });
  });
});
