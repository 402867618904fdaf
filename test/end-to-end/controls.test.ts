import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readNetsRecord } from '../conformance/checkpoints.ts';
import { RecipeCheckpoints } from '../conformance/recipes.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { answerOf } from './answer.ts';

interface Submitted {
  job: { id: string } | null;
  userErrors: { code: string; field: string[]; message: string }[];
}
interface Finished {
  id: string;
  status: string;
  error: { message: string } | null;
  input: { controls: Record<string, unknown>[] };
  images: { sha256: string; url: string }[];
}

const JOB = `id status error { message } input { controls { name kind strength start end preprocessor cannyLow cannyHigh blur
  sha256 image { sha256 width height } } } images { sha256 url }`;

describe('the server with ControlNets and T2I adapters in its models folder', () => {
  const files = new RecipeCheckpoints('test/golden/next', 'test/golden');
  let dataDir: string;
  let modelsDir: string;
  let server: ServerProcess;
  let lines: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'latentql-control-'));
    modelsDir = await mkdtemp(join(tmpdir(), 'latentql-models-'));
    const { configs } = await readNetsRecord('test/golden');
    for (const folder of ['sd15', 'ControlNet', 't2i_adapter', 'anywhere'])
      await mkdir(join(modelsDir, folder));
    const place = async (name: string, path: string) =>
      copyFile(await files.path(name), join(modelsDir, `${path}.safetensors`));
    await place('sd15-f16', 'sd15/tiny');
    await writeFile(join(modelsDir, 'sd15/tiny.latentql.json'), JSON.stringify(configs['sd15-f16']));
    await place('control_sd15-ldm-f16', 'ControlNet/edges');
    await place('control_sd15-diffusers-f16', 'anywhere/edges_diffusers');
    await place('control_sdxl-diffusers-f16', 'anywhere/xl');
    await place('t2iadapter_sd15-f16', 't2i_adapter/sketch');
    await writeFile(join(modelsDir, 'ControlNet/broken.safetensors'), 'not a header at all');
    server = await startServerProcess({ DATA_DIR: dataDir, MODELS_DIR: modelsDir });
    const stripes = Uint8Array.from({ length: 3 * 96 * 96 }, (_, i) => (Math.floor(i / 48) % 2) * 255);
    const png = await sharp(stripes, { raw: { width: 96, height: 96, channels: 3 } })
      .png()
      .toBuffer();
    lines = `data:image/png;base64,${png.toString('base64')}`;
  });
  afterAll(async () => {
    await server.end('SIGKILL');
    await files.close();
    await rm(dataDir, { recursive: true });
    await rm(modelsDir, { recursive: true });
  });

  const ask = <Data>(query: string, variables: object = {}): Promise<Data> =>
    answerOf<Data>(server.url, query, variables);

  const SETTINGS = { model: 'tiny', steps: 3, cfg: 4, width: 128, height: 96, prompt: 'a house', seed: '5' };
  const submit = async (input: object): Promise<Submitted> => {
    const { img2img } = await ask<{ img2img: Submitted }>(
      `mutation ($input: Img2ImgInput!) { img2img(input: $input) { job { id } userErrors { code field message } } }`,
      { input: { ...SETTINGS, imageUrl: '/example.png', ...input } },
    );
    return img2img;
  };
  const finished = ({ job, userErrors }: Submitted): Promise<Finished> => {
    expect(userErrors).toEqual([]);
    return vi.waitFor(
      async () => {
        const found = await ask<{ job: Finished }>(`query ($id: ID!) { job(id: $id) { ${JOB} } }`, job!);
        expect(found.job).toMatchObject({ error: null, status: 'SUCCEEDED' });
        return found.job;
      },
      { timeout: 60_000, interval: 100 },
    );
  };
  const finish = async (input: object): Promise<Finished> => finished(await submit(input));
  const bytesOf = async ({ images }: Finished): Promise<Buffer> =>
    Buffer.from(await (await fetch(images[0]!.url)).arrayBuffer());
  const pixelsOf = async (job: Finished): Promise<string> =>
    (
      await sharp(await bytesOf(job))
        .raw()
        .toBuffer()
    ).toString('base64');
  const refusals = async (controls: object[], input: object = {}) =>
    (await submit({ controls, ...input })).userErrors;

  it('lists them by what their files hold, wherever they lie, and none of them among the models', async () => {
    const { controlModels, models, loras } = await ask<{
      controlModels: { name: string }[];
      models: { name: string }[];
      loras: unknown[];
    }>(`{ controlModels { name file kind family problem } models { name } loras { name } }`);
    const sound = { family: 'SD15', problem: null };
    expect(controlModels.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      {
        ...{ name: 'broken', file: 'ControlNet/broken.safetensors', kind: null, family: null },
        problem: expect.stringContaining('broken.safetensors') as string,
      },
      { name: 'edges', file: 'ControlNet/edges.safetensors', kind: 'CONTROLNET', ...sound },
      { name: 'edges_diffusers', file: 'anywhere/edges_diffusers.safetensors', kind: 'CONTROLNET', ...sound },
      { name: 'sketch', file: 't2i_adapter/sketch.safetensors', kind: 'T2I_ADAPTER', ...sound },
      {
        ...{ name: 'xl', file: 'anywhere/xl.safetensors', kind: 'CONTROLNET', family: 'SDXL', problem: null },
      },
    ]);
    expect(models.map(({ name }) => name)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/edges|sketch|broken|^xl$/)]),
    );
    expect(loras).toEqual([]);
  });

  it('changes the picture by each of them, and not at all with strength 0', async () => {
    const plain = await pixelsOf(await finish({}));
    expect(await pixelsOf(await finish({ controls: [{ model: 'edges', strength: 0 }] }))).toBe(plain);
    const made = new Set([plain]);
    for (const controls of [
      [{ model: 'edges' }],
      [{ model: 'edges', strength: 0.5 }],
      [{ model: 'edges', end: 0.5 }],
      [{ model: 'edges', preprocessor: 'CANNY', cannyLow: 10, cannyHigh: 40 }],
      [{ model: 'edges', preprocessor: 'INVERT' }],
      [{ model: 'edges', imageUrl: lines }],
      [{ model: 'edges_diffusers' }],
      [{ model: 'sketch', preprocessor: 'SCRIBBLE' }],
      [{ model: 'edges', imageUrl: lines }, { model: 'sketch' }],
    ]) {
      made.add(await pixelsOf(await finish({ controls })));
    }
    expect(made.size).toBe(10);
  });

  it('keeps the picture of a control with the job, and makes the same again from it', async () => {
    const controls = [{ model: 'edges', imageUrl: lines, strength: 0.7, start: 0.1, end: 0.9 }];
    const first = await finish({ controls, batchSize: 2 });
    const png = Buffer.from(lines.split(',')[1]!, 'base64');
    const sha256 = createHash('sha256').update(png).digest('hex');
    const file = await readFile(join(modelsDir, 'ControlNet/edges.safetensors'));
    expect(first.input.controls).toEqual([
      {
        ...{ name: 'edges', kind: 'CONTROLNET', strength: 0.7, start: 0.1, end: 0.9 },
        ...{ preprocessor: 'NONE', cannyLow: null, cannyHigh: null, blur: null },
        sha256: createHash('sha256').update(file).digest('hex'),
        image: { sha256, width: 96, height: 96 },
      },
    ]);
    const { rerun } = await ask<{ rerun: Submitted }>(
      `mutation ($id: ID!) { rerun(jobId: $id) { job { id } userErrors { code field message } } }`,
      { id: first.id },
    );
    const second = await finished(rerun);
    expect(second.input).toEqual(first.input);
    expect(second.images.map((image) => image.sha256)).toEqual(first.images.map((image) => image.sha256));
    const single = await finish({ controls, seed: '6' });
    expect(await pixelsOf(single)).toBe(
      (
        await sharp(Buffer.from(await (await fetch(first.images[1]!.url)).arrayBuffer()))
          .raw()
          .toBuffer()
      ).toString('base64'),
    );
  });

  it('tells them in the picture as A1111 does, and reads them back', async () => {
    const canny = { preprocessor: 'CANNY', cannyLow: 50, cannyHigh: 150 };
    const job = await finish({ controls: [{ model: 'edges', strength: 0.6, end: 0.8, ...canny }] });
    expect((await bytesOf(job)).toString('latin1')).toContain(
      'ControlNet 0: "Module: canny, Model: edges, Weight: 0.6, Resize Mode: Crop and Resize, Threshold A: 50, ' +
        'Threshold B: 150, Guidance Start: 0, Guidance End: 0.8, Control Mode: Balanced"',
    );
    const { settingsOf } = await ask<{ settingsOf: unknown }>(
      `query ($url: String!) { settingsOf(imageUrl: $url) { controls { model strength start end preprocessor cannyLow cannyHigh } leftOut } }`,
      { url: new URL(job.images[0]!.url).pathname },
    );
    expect(settingsOf).toEqual({
      controls: [{ model: 'edges', strength: 0.6, start: 0, end: 0.8, ...canny }],
      leftOut: expect.arrayContaining(['control: the picture of edges']) as string[],
    });
  });

  it('repaints under a mask with a control that sees the same part of its picture', async () => {
    const white = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'white' } })
      .extend({ top: 64, left: 64, right: 64, bottom: 64, background: 'black' })
      .png()
      .toBuffer();
    const mask = { imageUrl: `data:image/png;base64,${white.toString('base64')}`, area: 'MASKED' };
    const plain = await pixelsOf(await finish({ mask }));
    const controlled = await pixelsOf(
      await finish({ mask, controls: [{ model: 'edges', imageUrl: lines }] }),
    );
    expect(controlled.length).toBe(plain.length);
    expect(controlled).not.toBe(plain);
  });

  it('refuses what is not there, is for another model, has no picture or numbers that mean nothing', async () => {
    expect(await refusals([{ model: 'gone' }, { model: 'broken' }, { model: 'xl' }])).toEqual([
      {
        ...{ code: 'UNSUPPORTED', field: ['input', 'controls', '0', 'model'] },
        message: expect.stringContaining('there is no control "gone"') as string,
      },
      {
        ...{ code: 'INVALID_VALUE', field: ['input', 'controls', '1', 'model'] },
        message: expect.stringContaining('the control broken cannot be used: ') as string,
      },
      {
        ...{ code: 'INVALID_VALUE', field: ['input', 'controls', '2', 'model'] },
        message: expect.stringContaining('the control xl is for SDXL, but the model tiny is SD1.5') as string,
      },
    ]);
    expect(await refusals([{ model: 'edges' }], { model: 'starter' })).toEqual([
      {
        ...{ code: 'INVALID_VALUE', field: ['input', 'controls', '0', 'model'] },
        message: expect.stringMatching(/edges\.safetensors.* is for another model/) as string,
      },
    ]);
    expect(await refusals([{ model: 'edges' }], { imageUrl: '' })).toEqual([
      {
        ...{ code: 'INVALID_VALUE', field: ['input', 'controls', '0'] },
        message: expect.stringContaining('the control edges needs a picture') as string,
      },
    ]);
    const canny = { preprocessor: 'CANNY', cannyLow: 300, cannyHigh: 200 };
    const wrong = await refusals([
      { model: 'edges', strength: 11, start: 0.5, end: 0.5 },
      { model: 'edges', ...canny },
      { model: 'edges', preprocessor: 'BLUR', blur: 0 },
    ]);
    expect(wrong.map(({ field }) => field.slice(2).join('.'))).toEqual([
      '0.start',
      '0.strength',
      '1.cannyLow',
      '2.blur',
    ]);
    expect(await refusals(Array.from({ length: 6 }, () => ({ model: 'edges' })))).toEqual([
      {
        ...{ code: 'INVALID_VALUE', field: ['input', 'controls'] },
        message: 'expected at most 5 controls, got 6',
      },
    ]);
    const notAPicture = `data:image/png;base64,${Buffer.from('no').toString('base64')}`;
    const [fault] = await refusals([{ model: 'edges', imageUrl: notAPicture }]);
    expect(fault?.field).toEqual(['input', 'controls', '0', 'imageUrl']);
  });

  it('fails a job whose control has changed since it was accepted, and says which', async () => {
    await copyFile(await files.path('control_sd15-ldm-f16'), join(modelsDir, 'anywhere/later.safetensors'));
    const pause = (field: string) =>
      ask(`mutation ($model: Model) { ${field}(model: $model) { waiting } }`, { model: 'tiny' });
    await pause('pauseQueue');
    const { job, userErrors } = await submit({ controls: [{ model: 'later' }] });
    expect(userErrors).toEqual([]);
    await copyFile(await files.path('t2iadapter_sd15-f16'), join(modelsDir, 'anywhere/later.safetensors'));
    await rm(join(modelsDir, 'ControlNet/edges.safetensors')); // which has the same content
    await pause('resumeQueue');
    await vi.waitFor(
      async () => {
        const found = await ask<{ job: Finished }>(`query ($id: ID!) { job(id: $id) { ${JOB} } }`, job!);
        expect(found.job).toMatchObject({
          status: 'FAILED',
          error: {
            message: expect.stringContaining(
              'the control later (anywhere/later.safetensors) has changed since the job was accepted: expected SHA-256 ',
            ) as string,
          },
        });
      },
      { timeout: 60_000, interval: 100 },
    );
  });
}, 300_000);
