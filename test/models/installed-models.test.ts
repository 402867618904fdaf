import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InstalledModels } from '../../src/models/installed-models.ts';

const PACKAGE = join(import.meta.dirname, '../..');
const STARTER = join(PACKAGE, 'assets/models/starter.safetensors');
const GOLDEN = join(PACKAGE, 'test/golden/checkpoints');

/** Does something without the rights of root, whom no file mode keeps out. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  const user = process.geteuid!();
  if (user === 0) process.seteuid!(65_534);
  try {
    return await work();
  } finally {
    if (user === 0) process.seteuid!(0);
  }
}

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
    await put(`${folder}/tokenizer.json`, Buffer.from('{}'));
    expect(await flux()).toMatchObject({ family: 'flux', installed: true, missingFiles: [], problem: null });
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
});
