import { execFileSync } from 'node:child_process';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InstalledModels } from '../../src/models/installed-models.ts';
import { asNobody } from '../as-nobody.ts';
import { sd15Folder, split, writeFolder } from '../engine/checkpoint/diffusers-folder.ts';
import { readTensors } from '../engine/checkpoint/repack.ts';
import { safetensors } from '../engine/checkpoint/safetensors-file.ts';
import { tinyT5 } from '../engine/text/tiny-t5.ts';

const PACKAGE = join(import.meta.dirname, '../..');
const STARTER = join(PACKAGE, 'assets/models/starter.safetensors');
const GOLDEN = join(PACKAGE, 'test/golden/checkpoints');

const TOKENIZER = Buffer.from(JSON.stringify(tinyT5()));

describe('the models of a server', () => {
  let modelsDir: string;
  beforeEach(async () => {
    modelsDir = await mkdtemp(join(tmpdir(), 'latentql-models-'));
  });
  afterEach(() => rm(modelsDir, { recursive: true }));

  const skipped: string[] = [];
  const find = () =>
    InstalledModels.find({ modelsDir, packageDir: PACKAGE }, (folder) => skipped.push(folder));
  const put = async (file: string, from: string | Buffer = STARTER) => {
    const path = join(modelsDir, file);
    await mkdir(dirname(path), { recursive: true });
    await (typeof from === 'string' ? copyFile(from, path) : writeFile(path, from));
  };
  const names = async () => (await find()).entries.map(({ name, file }) => `${name} = ${file}`);

  const KNOWN = [
    'majicmixRealistic_betterV6 = sd1.5/majicmixRealistic_betterV6.safetensors',
    'dreamshaper_8 = sd1.5/dreamshaper-v8/dreamshaper_8.safetensors',
    'sd_xl_base_1_0 = sdxl/sd_xl_base_1.0.safetensors',
    'flux1_schnell = flux.1-schnell/flux1-schnell.safetensors',
    'starter = assets/models/starter.safetensors',
  ];

  it('are the known ones when the folder is missing', async () => {
    await rm(modelsDir, { recursive: true });
    expect(await names()).toEqual(KNOWN);
    await mkdir(modelsDir);
  });

  it('are named after their files, with what GraphQL forbids as an underscore', async () => {
    await put('3D mix (v1.5).safetensors');
    await put('null.safetensors');
    await put('deep/er/Ünïcode.safetensors');
    expect((await names()).slice(KNOWN.length)).toEqual([
      '_3D_mix__v1_5_ = 3D mix (v1.5).safetensors',
      '_n_code = deep/er/Ünïcode.safetensors',
      '_null = null.safetensors',
    ]);
  });

  it('get their folders in front when they would share a name', async () => {
    await put('a/mix.safetensors');
    await put('b/mix.safetensors');
    await put('mine/starter.safetensors');
    expect((await names()).slice(KNOWN.length)).toEqual([
      'a_mix = a/mix.safetensors',
      'b_mix = b/mix.safetensors',
      'mine_starter = mine/starter.safetensors',
    ]);
  });

  it('include a known one that lies elsewhere', async () => {
    await put('dreamshaper_8.safetensors');
    expect(await names()).toContain('dreamshaper_8 = dreamshaper_8.safetensors');
    expect(await names()).toHaveLength(KNOWN.length);
  });

  it('do not include adapters and parts, by their folder or else by their keys', async () => {
    const lora = await readFile(join(PACKAGE, 'test/golden/next/lora/files/sd15_kohya.safetensors'));
    const word = safetensors({ emb_params: { dtype: 'F16', shape: [2, 64] } });
    const upscaler = safetensors({ 'conv_first.weight': { dtype: 'F16', shape: [4, 3, 3, 3] } });
    const controlNet = safetensors({ 'control_model.zero_convs.0.0.weight': { dtype: 'F16', shape: [1] } });
    for (const folder of ['', 'checkpoints/', 'a/b/']) {
      await put(`${folder}some-lora.safetensors`, lora);
      await put(`${folder}some-vae.safetensors`, join(GOLDEN, 'ae.safetensors'));
      await put(`${folder}some-encoder.safetensors`, join(GOLDEN, 'clip_l.safetensors'));
      await put(`${folder}some-word.safetensors`, word);
      await put(`${folder}some-upscaler.safetensors`, upscaler);
      await put(`${folder}some-control.safetensors`, controlNet);
    }
    for (const folder of [
      'Lora',
      'loras',
      'VAE',
      'embeddings',
      'ControlNet',
      'upscale_models',
      'clip_vision',
    ])
      await put(`${folder}/damaged.safetensors`, Buffer.from('garbage'));
    expect(await names()).toEqual(KNOWN);
  });

  it('do not include the companion files of FLUX', async () => {
    for (const name of ['ae', 'clip_l', 't5xxl_fp16']) await put(`flux.1-schnell/${name}.safetensors`);
    expect(await names()).toEqual(KNOWN);
  });

  it('tell every file that is missing, and what is there as soon as it is', async () => {
    const models = await find();
    const flux = async () => (await models.get('flux1_schnell'))!;
    const folder = 'flux.1-schnell';
    expect((await flux()).missingFiles).toEqual(
      [
        'flux1-schnell.safetensors',
        'ae.safetensors',
        'clip_l.safetensors',
        't5xxl_fp16.safetensors',
        'tokenizer.json',
      ].map((name) => `${folder}/${name}`),
    );
    await put(`${folder}/flux1-schnell.safetensors`, join(GOLDEN, 'flux1-schnell-bf16.safetensors'));
    await put(`${folder}/ae.safetensors`, join(GOLDEN, 'ae.safetensors'));
    await put(`${folder}/clip_l.safetensors`, join(GOLDEN, 'clip_l.safetensors'));
    await put(`${folder}/t5xxl_fp16.safetensors`, join(GOLDEN, 't5xxl_fp16.safetensors'));
    expect(await flux()).toMatchObject({
      family: 'flux',
      installed: false,
      missingFiles: [`${folder}/tokenizer.json`],
    });
    await put(`${folder}/tokenizer.json`, TOKENIZER);
    expect(await flux()).toMatchObject({ family: 'flux', installed: true, missingFiles: [], problem: null });
  });

  it('tell what is wrong with a tokenizer, as with any other file that is read of a model', async () => {
    const folder = 'flux.1-schnell';
    await put(`${folder}/flux1-schnell.safetensors`, join(GOLDEN, 'flux1-schnell-bf16.safetensors'));
    for (const name of ['ae', 'clip_l', 't5xxl_fp16'])
      await put(`${folder}/${name}.safetensors`, join(GOLDEN, `${name}.safetensors`));
    const models = await find();
    const problemWith = async (tokenizer: string | object) => {
      const text = typeof tokenizer === 'string' ? tokenizer : JSON.stringify(tokenizer);
      await put(`${folder}/tokenizer.json`, Buffer.from(text));
      return (await models.get('flux1_schnell'))!.problem;
    };
    const t5 = tinyT5();
    const cut = TOKENIZER.toString().slice(0, -100);
    const empty = { ...t5, added_tokens: [], model: { ...t5.model, vocab: [] } };
    const clip = { ...t5, added_tokens: [], model: { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [] } };
    const large = Array.from({ length: 250_100 }, (_, id) => t5.model.vocab[id] ?? [`<${id}>`, 0]);
    const faults: [string | object, RegExp][] = [
      ['', /^tokenizer\.json: expected a readable JSON file/],
      [cut, /^tokenizer\.json: expected a readable JSON file: it is not JSON$/],
      ['<!DOCTYPE html>', /^tokenizer\.json: expected a readable JSON file/],
      ['null', /^tokenizer\.json: expected a JSON object/],
      ['{}', /^tokenizer\.json: expected a tokenizer of the tokenizers library/],
      [clip, /^tokenizer\.json: expected id 0 for <pad>/],
      [empty, /^tokenizer\.json: /],
      [
        { ...t5, model: { ...t5.model, vocab: large } },
        /^tokenizer\.json: has 250100 tokens, but the text encoder has vectors for \d+: it belongs to another text encoder, use the checkpoint's own$/,
      ],
    ];
    for (const [tokenizer, message] of faults) expect(await problemWith(tokenizer)).toMatch(message);
    expect(await problemWith(`\ufeff${TOKENIZER.toString()}`)).toBeNull();
  });

  it('tell what is wrong with a file, by key and offset', async () => {
    await put('broken.safetensors', Buffer.from('garbage'));
    const models = await find();
    expect(await models.get('broken')).toMatchObject({
      installed: false,
      family: null,
      missingFiles: [],
      problem: expect.stringContaining('7 bytes is too short for a safetensors file') as string,
    });
    await put('broken.safetensors');
    expect(await models.get('broken')).toMatchObject({ installed: true, problem: null });
  });

  it('tell of one that cannot be read, and of the others all the same', async () => {
    await chmod(modelsDir, 0o755);
    await put('secret.safetensors');
    await chmod(join(modelsDir, 'secret.safetensors'), 0);
    const place = 'sd1.5/majicmixRealistic_betterV6.safetensors';
    await mkdir(join(modelsDir, place), { recursive: true }); // as a container engine mounts a file that is not there
    const models = await asNobody(async () => (await find()).list());
    const state = (model: string) => models.find(({ name }) => name === model);
    expect(state('secret')).toMatchObject({ installed: false, missingFiles: [] });
    expect(state('secret')?.problem).toMatch(/secret\.safetensors cannot be read: EACCES: permission denied/);
    expect(state('majicmixRealistic_betterV6')).toMatchObject({ installed: false, family: null });
    expect(state('majicmixRealistic_betterV6')?.problem).toMatch(
      /betterV6\.safetensors cannot be read: EISDIR/,
    );
    expect(state('starter')).toMatchObject({ installed: true, problem: null });

    const again = await find();
    expect(await asNobody(() => again.get('secret'))).toMatchObject({ installed: false });
    await chmod(join(modelsDir, 'secret.safetensors'), 0o644);
    expect(await asNobody(() => again.get('secret'))).toMatchObject({ installed: true });
  });

  it('leave out folders that may not be looked into', async () => {
    await chmod(modelsDir, 0o755);
    await put('lost+found/mix.safetensors');
    await put('other/mix.safetensors');
    await chmod(join(modelsDir, 'lost+found'), 0);
    expect((await asNobody(names)).slice(KNOWN.length)).toEqual(['mix = other/mix.safetensors']);
    expect(skipped).toEqual([join(modelsDir, 'lost+found')]);
  });

  it('recommend what their sidecar says, else what suits their family', async () => {
    const models = await find();
    const recommended = async (name: string) => (await models.get(name))?.recommended;
    expect(await recommended('starter')).toEqual({
      width: 256,
      height: 256,
      steps: 20,
      cfg: 6,
      samplerName: 'euler',
      scheduler: 'normal',
    });
    expect(await recommended('flux1_schnell')).toMatchObject({ steps: 4, cfg: 1 });
  });

  it('keep their names in the data folder when others come', async () => {
    const namesFile = join(modelsDir, '.data', 'model-names.json');
    const named = async () =>
      Object.fromEntries(
        (await InstalledModels.find({ modelsDir, packageDir: PACKAGE, namesFile })).entries.map(
          ({ name, file }) => [file, name],
        ),
      );
    await put('a b.safetensors');
    await put('x/mix.safetensors');
    const before = await named();
    await put('a_b.safetensors');
    await put('mix.safetensors');
    const after = await named();
    expect(after).toMatchObject(before);
    expect(after).toMatchObject({ 'a b.safetensors': 'a_b', 'a_b.safetensors': 'a_b_2' });
    await rm(join(modelsDir, 'a b.safetensors'));
    expect(await named()).toMatchObject({ 'a_b.safetensors': 'a_b_2' });
    await writeFile(namesFile, '{"a_b":');
    await expect(named()).rejects.toThrow(
      /model-names\.json: expected a JSON object .*restore it, or delete it/,
    );
  });

  it('come and go with their files, and each change is told once', async () => {
    const models = await find();
    const added = () => models.entries.slice(KNOWN.length).map(({ name, file }) => `${name} = ${file}`);
    let changes = 0;
    const stop = models.onChange(() => changes++);
    await models.refresh();
    expect([added(), changes]).toEqual([[], 0]);
    await put('checkpoints/mix.safetensors');
    await put('Lora/style.safetensors', join(PACKAGE, 'test/golden/next/lora/files/sd15_kohya.safetensors'));
    await Promise.all([models.refresh(), models.refresh()]);
    expect([added(), changes]).toEqual([['mix = checkpoints/mix.safetensors'], 1]);
    expect(await models.get('mix')).toMatchObject({ installed: true, precision: 'f16' });
    expect(models.isModel('checkpoints/mix.safetensors')).toBe(true);
    expect(models.folders.toSorted()).toEqual(
      ['', 'Lora', 'checkpoints'].map((name) => join(modelsDir, name)),
    );
    await rm(join(modelsDir, 'checkpoints/mix.safetensors'));
    await models.refresh();
    expect([added(), changes]).toEqual([[], 2]);
    expect(await models.get('mix')).toBeUndefined();
    stop();
    await put('mix.safetensors');
    await models.refresh();
    expect([added(), changes]).toEqual([['mix = mix.safetensors'], 2]);
  });

  it('keep their names while others come and go, and across a restart', async () => {
    const namesFile = join(modelsDir, '.data', 'model-names.json');
    const open = () => InstalledModels.find({ modelsDir, packageDir: PACKAGE, namesFile });
    const models = await open();
    const named = ({ entries }: InstalledModels) =>
      Object.fromEntries(entries.slice(KNOWN.length).map(({ name, file }) => [file, name]));
    await put('b/mix.safetensors');
    await models.refresh();
    await put('a/mix.safetensors');
    await put('mix.safetensors');
    await models.refresh();
    const expected = { 'b/mix.safetensors': 'mix', 'a/mix.safetensors': 'a_mix', 'mix.safetensors': 'mix_2' };
    expect(named(models)).toEqual(expected);
    await rm(join(modelsDir, 'b/mix.safetensors'));
    await rm(join(modelsDir, 'a/mix.safetensors'));
    await models.refresh();
    expect(named(models)).toEqual({ 'mix.safetensors': 'mix_2' });
    await put('a/mix.safetensors');
    await put('b/mix.safetensors');
    for (const again of [models, await open()]) {
      await again.refresh();
      expect(named(again)).toEqual(expected);
    }
  });

  it('stay as they were when a look fails', async () => {
    await chmod(modelsDir, 0o755);
    await put('mix.safetensors');
    const models = await find();
    const before = models.entries;
    await chmod(modelsDir, 0);
    await asNobody(() => expect(models.refresh()).rejects.toThrow(/EACCES/));
    await chmod(modelsDir, 0o755);
    expect(models.entries).toBe(before);
    await put('other.safetensors');
    await models.refresh();
    expect(models.entries.map(({ name }) => name)).toContain('other');
  });

  it('are waited for while they are being written', async () => {
    const models = await find();
    const whole = await readFile(STARTER);
    const lora = await readFile(join(PACKAGE, 'test/golden/next/lora/files/sd15_kohya.safetensors'));
    const added = async (isPatient: boolean) => {
      const again = await models.refresh({ isPatient });
      return [models.entries.slice(KNOWN.length).map(({ name }) => name), again !== undefined];
    };
    await put('mix.safetensors', whole.subarray(0, whole.length - 1));
    await put('style.safetensors', lora.subarray(0, lora.length - 1));
    expect(await added(true)).toEqual([[], true]);
    await put('style.safetensors', lora);
    await put('mix.safetensors', whole);
    expect(await added(true)).toEqual([['mix'], false]);
    await put('damaged.safetensors', Buffer.from('garbage'));
    expect(await added(true)).toEqual([['mix'], true]);
    const longAgo = new Date('2024-01-01');
    await utimes(join(modelsDir, 'damaged.safetensors'), longAgo, longAgo);
    expect(await added(true)).toEqual([['mix', 'damaged'].sort(), false]);
    await put('asked-for.safetensors', Buffer.from('garbage'));
    expect((await added(false))[0]).toContain('asked_for');
  });

  it.each([
    ['ComfyUI', 'unet', ['vae', 'text_encoders', 'text_encoders', 'clip']],
    [
      'ComfyUI, sorted by maker',
      'diffusion_models/FLUX1',
      ['vae/FLUX1', 'clip', 'text_encoders/t5', 'text_encoders'],
    ],
    ['Forge', 'Stable-diffusion/flux', ['VAE', 'text_encoder', 'text_encoder', 'text_encoder']],
  ])('may lie in a tree of %s', async (_, folder, [vae, clip, t5, tokenizer]) => {
    const golden = (name: string) => join(GOLDEN, `${name}.safetensors`);
    await put(`checkpoints/dreamshaper_8.safetensors`, golden('sd15-f16'));
    await put(`${folder}/flux1-schnell.safetensors`, golden('flux1-schnell-bf16'));
    const models = await find();
    const flux = async () => (await models.get('flux1_schnell'))!;
    const missing = ['ae.safetensors', 'clip_l.safetensors', 't5xxl_fp16.safetensors', 'tokenizer.json'];
    expect((await flux()).missingFiles).toEqual(missing.map((name) => `${folder}/${name}`));
    await put(`${vae}/ae.safetensors`, golden('ae'));
    await put(`${clip}/clip_l.safetensors`, golden('clip_l'));
    await put(`${t5}/t5xxl_fp16.safetensors`, golden('t5xxl_fp16'));
    expect((await flux()).missingFiles).toEqual([`${folder}/tokenizer.json`]);
    await put(`${tokenizer}/tokenizer.json`, TOKENIZER);
    expect(await flux()).toMatchObject({
      installed: true,
      missingFiles: [],
      problem: null,
      precision: 'bf16',
    });
    expect(await models.tokenizerOf('flux1_schnell')).toBe(join(modelsDir, `${tokenizer}/tokenizer.json`));
    await models.refresh();
    expect(models.entries).toHaveLength(KNOWN.length);
    await put(`${vae}/ae.safetensors`, Buffer.from('garbage'));
    expect((await flux()).problem).toMatch(/^ae\.safetensors: /);
  });

  it('leave the names to other files that other servers gave them', async () => {
    await put('a b.safetensors');
    const named = async (...names: { name: string; file: string }[]) =>
      (
        await InstalledModels.find({ modelsDir, packageDir: PACKAGE, names: () => Promise.resolve(names) })
      ).entries
        .slice(KNOWN.length)
        .map(({ name, file }) => `${name} = ${file}`);
    expect(await named()).toEqual(['a_b = a b.safetensors']);
    expect(await named({ name: 'a_b', file: 'a_b.safetensors' })).toEqual(['a_b_2 = a b.safetensors']);
    expect(await named({ name: 'a_b', file: 'elsewhere/a b.safetensors' })).toEqual([
      'a_b = a b.safetensors',
    ]);
  });

  it('are found whatever their extension, however deep, but not where a file server keeps its own', async () => {
    const deep = Array.from({ length: 40 }, (_, i) => `d${i}`).join('/');
    for (const file of [`${deep}/deep.safetensors`, 'a.sft', 'b.SAFETENSORS', 'c.SafeTensors'])
      await put(file);
    const hidden = ['#recycle', '@eaDir', '.Trash-1000/files', '$RECYCLE.BIN', 'x/#recycle', '__MACOSX'];
    for (const folder of hidden) await put(`${folder}/hidden.safetensors`);
    await put('._a.safetensors');
    expect((await names()).slice(KNOWN.length)).toEqual([
      'a = a.sft',
      'b = b.SAFETENSORS',
      'c = c.SafeTensors',
      `deep = ${deep}/deep.safetensors`,
    ]);
  });

  it('do not include one whose name is no text, which is said', async () => {
    await put('good.safetensors');
    const bad = Buffer.concat([
      Buffer.from(`${modelsDir}/`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('.safetensors'),
    ]);
    await writeFile(bad, '');
    const told: string[] = [];
    const models = await InstalledModels.find({ modelsDir, packageDir: PACKAGE }, (path, why) => {
      told.push(`${path}: ${why}`);
    });
    expect(models.entries.slice(KNOWN.length).map(({ name }) => name)).toEqual(['good']);
    expect(told).toEqual([expect.stringMatching(/\.safetensors: its name is not UTF-8: rename it$/)]);
  });

  it('prefer, of known ones that lie elsewhere, a file without a problem', async () => {
    await put('a/dreamshaper_8.safetensors', Buffer.from('<!DOCTYPE html>'));
    await put('b/dreamshaper_8.safetensors');
    expect(await names()).toContain('dreamshaper_8 = b/dreamshaper_8.safetensors');
  });

  it('are looked at again when any file of theirs has changed', async () => {
    const folder = 'flux.1-schnell';
    await put(`${folder}/flux1-schnell.safetensors`, join(GOLDEN, 'flux1-schnell-bf16.safetensors'));
    for (const name of ['clip_l', 't5xxl_fp16']) {
      await put(`${folder}/${name}.safetensors`, join(GOLDEN, `${name}.safetensors`));
    }
    await put(`${folder}/tokenizer.json`, TOKENIZER);
    const whole = await readFile(join(GOLDEN, 'ae.safetensors'));
    const models = await find();
    const problem = async () => (await models.get('flux1_schnell'))!.problem;
    for (const length of [0, 4, 1000, whole.length - 1]) {
      await put(`${folder}/ae.safetensors`, whole.subarray(0, length));
      expect(await problem()).toMatch(/^ae\.safetensors: /);
    }
    await put(`${folder}/ae.safetensors`, whole);
    expect(await problem()).toBeNull();
    await put(`${folder}/ae.safetensors.aria2`, Buffer.from('x'));
    expect(await problem()).toMatch(/^ae\.safetensors: is still being downloaded \(ae\.safetensors\.aria2 /);
    await rm(join(modelsDir, folder, 'ae.safetensors.aria2'));
    expect(await problem()).toBeNull();

    const path = join(modelsDir, folder, 'clip_l.safetensors');
    const { size } = await stat(path);
    const date = new Date('2024-01-01');
    await utimes(path, date, date);
    expect(await problem()).toBeNull();
    await writeFile(`${path}.new`, Buffer.alloc(size)); // of the same size and date
    await utimes(`${path}.new`, date, date);
    await rename(`${path}.new`, path);
    expect(await problem()).toMatch(/^clip_l\.safetensors: .*zeros/);

    const elsewhere = join(modelsDir, 'clip.bin');
    await copyFile(join(GOLDEN, 'clip_l.safetensors'), elsewhere);
    await rm(path);
    await symlink(elsewhere, path);
    expect(await problem()).toBeNull();
    await truncate(elsewhere, size - 1); // behind the link
    expect(await problem()).toMatch(/^clip_l\.safetensors: /);
  });

  it('are listed whatever one of them is', async () => {
    const header = `{${Array.from({ length: 49_000 }, (_, i) => `"model.diffusion_model.x.${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`).join()}}`;
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    await put('huge.safetensors', Buffer.concat([length, Buffer.from(header)]));
    execFileSync('mkfifo', [join(modelsDir, 'pipe')]);
    await mkdir(join(modelsDir, 'sd1.5'));
    await symlink('../pipe', join(modelsDir, 'sd1.5/majicmixRealistic_betterV6.safetensors'));
    const models = await (await find()).list();
    expect(models.find(({ name }) => name === 'huge')?.problem).toMatch(/49000 keys/);
    expect(models.find(({ name }) => name === 'majicmixRealistic_betterV6')?.problem).toMatch(
      /a pipe or a device/,
    );
    expect(models.find(({ name }) => name === 'starter')).toMatchObject({ installed: true, problem: null });
  });

  it('tell no path in their problems', async () => {
    await put('broken.safetensors', Buffer.from('garbage'));
    await put('keyless.safetensors', safetensors({ 'unknown.weight': { dtype: 'F32', shape: [1, 1, 1] } }));
    await put('flux.1-schnell/flux1-schnell.safetensors', join(GOLDEN, 'flux1-schnell-bf16.safetensors'));
    const problems = (await (await find()).list()).flatMap(({ problem }) => problem ?? []);
    expect(problems).toHaveLength(3);
    for (const problem of problems) expect(problem).not.toContain(modelsDir);
  });

  it('takes a folder in the Diffusers layout for one model, called as the folder, and no file in it for another', async () => {
    const content = await sd15Folder();
    await writeFolder(join(modelsDir, 'sd15/my-model 1.5'), content, { shards: { unet: 2 } });
    await writeFolder(join(modelsDir, 'hub/models--someone--dream/snapshots/0a1b'), content, {
      variant: '.fp16',
    });
    const { vae, unet } = content.networks;
    await put('sd15/my-model 1.5/safety_checker/model.safetensors', safetensors(unet!));
    await put('sd15/my-model 1.5/whole.safetensors', join(GOLDEN, 'sd15-f16.safetensors'));
    await put('vae/good.safetensors', safetensors(vae!));
    const index = join(modelsDir, 'sd15/my-model 1.5/model_index.json');
    await writeFile(
      index,
      (await readFile(index, 'utf8')).replace('"safety_checker":[null,null]', '"safety_checker":["a","B"]'),
    );
    const models = await find();
    const own = models.entries.filter(({ file }) => file.startsWith('sd15/my') || file.startsWith('hub'));
    expect(own.map(({ name, file }) => `${name} = ${file}`).sort()).toEqual([
      'dream = hub/models--someone--dream/snapshots/0a1b/model_index.json',
      'my_model_1_5 = sd15/my-model 1.5/model_index.json',
      'whole = sd15/my-model 1.5/whole.safetensors',
    ]);
    expect(await models.get('my_model_1_5')).toMatchObject({
      family: 'sd15',
      installed: true,
      precision: 'f16',
    });
    expect(models.isModel('sd15/my-model 1.5/vae/diffusion_pytorch_model.safetensors')).toBe(true);
    expect(models.isModel('vae/good.safetensors')).toBe(false);

    const shard = 'unet/diffusion_pytorch_model-00002-of-00002.safetensors';
    await rename(join(modelsDir, 'sd15/my-model 1.5', shard), join(modelsDir, 'away'));
    expect(await models.get('my_model_1_5')).toMatchObject({
      installed: false,
      missingFiles: [`sd15/my-model 1.5/${shard}`],
      problem: `my-model 1.5: missing: ${shard}: download the whole folder again`,
    });
  });

  it('takes a split checkpoint for one model, called as it was before it was split or else as its folder', async () => {
    const tensors = await readTensors(join(GOLDEN, 'sd15-f16.safetensors'));
    for (const [folder, stem] of [
      ['a', 'dream_1'],
      ['nice', 'model'],
    ] as const)
      for (const [name, bytes] of split(stem, tensors, 2)) await put(`${folder}/${name}`, Buffer.from(bytes));
    const models = await find();
    const own = models.entries.filter(({ file }) => /^(a|nice)\//.test(file));
    expect(own).toEqual([
      { name: 'dream_1', file: 'a/dream_1.safetensors.index.json' },
      { name: 'nice', file: 'nice/model.safetensors.index.json' },
    ]);
    expect(await models.get('nice')).toMatchObject({ family: 'sd15', installed: true });
  });
});
