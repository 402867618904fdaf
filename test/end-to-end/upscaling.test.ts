import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readNetsRecord } from '../conformance/checkpoints.ts';
import { readTensors } from '../engine/checkpoint/repack.ts';
import { safetensors } from '../engine/checkpoint/safetensors-file.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { answerOf } from './answer.ts';

interface Submitted {
  img2img: { job: { id: string } | null; userErrors: { code: string; field: string[]; message: string }[] };
}
interface Finished {
  job: {
    id: string;
    status: string;
    error: { code: string; message: string } | null;
    step: number;
    totalSteps: number;
    timings: { stage: string }[];
    input: {
      vae: { name: string; sha256: string } | null;
      decoder: string;
      tinyDecoder: { name: string; sha256: string } | null;
      upscale: Record<string, unknown> | null;
    };
    images: { sha256: string; url: string; width: number; height: number }[];
  };
}

const CHECKPOINTS = 'test/golden/next/checkpoints';

describe('the server with VAEs and upscalers in its models folder', () => {
  let dataDir: string;
  let modelsDir: string;
  let server: ServerProcess;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'latentql-upscale-'));
    modelsDir = await mkdtemp(join(tmpdir(), 'latentql-models-'));
    for (const folder of ['VAE', 'upscale_models']) await mkdir(join(modelsDir, folder));
    const sd = Object.entries(await readTensors('test/golden/checkpoints/sd15-f16.safetensors'));
    const vae = sd.flatMap(([key, tensor]) =>
      key.startsWith('first_stage_model.') ? [[key.slice('first_stage_model.'.length), tensor] as const] : [],
    );
    await writeFile(join(modelsDir, 'VAE', 'tiny.safetensors'), safetensors(Object.fromEntries(vae)));
    await copyFile('test/golden/checkpoints/ae.safetensors', join(modelsDir, 'VAE', 'ae.safetensors'));
    await writeFile(join(modelsDir, 'VAE', 'broken.safetensors'), 'no safetensors');
    await copyFile(
      `${CHECKPOINTS}/compact-x4.safetensors`,
      join(modelsDir, 'upscale_models', '4x.safetensors'),
    );
    await copyFile(`${CHECKPOINTS}/esrgan-old-x4.safetensors`, join(modelsDir, 'old.safetensors'));
    await writeFile(join(modelsDir, 'upscale_models', 'torch.pth'), 'no archive');
    const { configs } = await readNetsRecord('test/golden');
    for (const folder of ['sd15', 'vae_approx']) await mkdir(join(modelsDir, folder));
    await copyFile('test/golden/checkpoints/sd15-f16.safetensors', join(modelsDir, 'sd15/sd.safetensors'));
    await writeFile(join(modelsDir, 'sd15/sd.latentql.json'), JSON.stringify(configs['sd15-f16']));
    for (const name of ['taesd_decoder', 'taesd_encoder'])
      await copyFile(
        `${CHECKPOINTS}/${name}.safetensors`,
        join(modelsDir, 'vae_approx', `${name}.safetensors`),
      );
    await copyFile(
      `${CHECKPOINTS}/taef1_decoder.safetensors`,
      join(modelsDir, 'vae_approx/taesdxl_decoder.safetensors'),
    );
    server = await startServerProcess({ DATA_DIR: dataDir, MODELS_DIR: modelsDir });
  });
  afterAll(async () => {
    await server.end('SIGKILL');
    await rm(dataDir, { recursive: true });
    await rm(modelsDir, { recursive: true });
  });

  const ask = <Data>(query: string, variables: object = {}): Promise<Data> =>
    answerOf<Data>(server.url, query, variables);

  const submit = async (input: object) => {
    const settings = {
      model: 'starter',
      steps: 2,
      cfg: 4,
      width: 64,
      height: 64,
      prompt: 'a house',
      ...input,
    };
    const { img2img } = await ask<Submitted>(
      `mutation ($input: Img2ImgInput!) { img2img(input: $input) { job { id } userErrors { code field message } } }`,
      { input: settings },
    );
    return img2img;
  };
  const ended = (id: string, status = 'SUCCEEDED'): Promise<Finished['job']> =>
    vi.waitFor(
      async () => {
        const { job } = await ask<Finished>(
          `query ($id: ID!) { job(id: $id) { id status error { code message } step totalSteps
            input { vae { name sha256 } decoder tinyDecoder { name sha256 } upscale { by width height model { name } method denoiseStrength steps } }
            images { sha256 url width height } } }`,
          { id },
        );
        expect(job.status).toBe(status);
        return job;
      },
      { timeout: 60_000, interval: 100 },
    );
  const finish = async (input: object): Promise<Finished['job']> => {
    const { job, userErrors } = await submit(input);
    expect(userErrors).toEqual([]);
    return ended(job!.id);
  };
  const pictureOf = async ({ images }: Finished['job']): Promise<Buffer> =>
    Buffer.from(await (await fetch(images[0]!.url)).arrayBuffer());
  const pixelsOf = async (job: Finished['job']): Promise<string> =>
    (
      await sharp(await pictureOf(job))
        .raw()
        .toBuffer()
    ).toString('base64');

  it('lists them with what their files say, and none of them among the models', async () => {
    const { vaes, upscalers, models } = await ask<
      Record<'vaes' | 'upscalers' | 'models', { name: string }[]>
    >(
      `{ vaes { name file decoder families problem } upscalers { name file scale problem } models { name } }`,
    );
    expect(vaes).toEqual([
      { name: 'ae', file: 'VAE/ae.safetensors', decoder: 'VAE', families: ['FLUX'], problem: null },
      {
        name: 'broken',
        decoder: 'VAE',
        file: 'VAE/broken.safetensors',
        families: [],
        problem: expect.stringMatching(/^broken\.safetensors: /) as string,
      },
      {
        name: 'tiny',
        decoder: 'VAE',
        file: 'VAE/tiny.safetensors',
        families: ['SD15', 'SD2', 'SDXL', 'SDXL_REFINER'],
        problem: null,
      },
      {
        name: 'taesd_decoder',
        decoder: 'TAESD',
        file: 'vae_approx/taesd_decoder.safetensors',
        families: ['SD15', 'SD2'],
        problem: null,
      },
      {
        name: 'taesdxl_decoder',
        decoder: 'TAESD',
        file: 'vae_approx/taesdxl_decoder.safetensors',
        families: [],
        problem: expect.stringContaining('latents of 16 channels, it is called taesdxl_decoder') as string,
      },
    ]);
    expect(upscalers).toEqual([
      { name: 'old', file: 'old.safetensors', scale: 4, problem: null },
      { name: '4x', file: 'upscale_models/4x.safetensors', scale: 4, problem: null },
      {
        name: 'torch',
        file: 'upscale_models/torch.pth',
        scale: null,
        problem: expect.stringMatching(/^torch\.pth: .*use its \.safetensors version$/) as string,
      },
    ]);
    expect(models.map(({ name }) => name)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(tiny|ae|broken|4x|old|taesd.*)$/)]),
    );
  });

  it('makes the result larger in a second pass, and remembers how', async () => {
    const plain = await finish({});
    const latent = await finish({ upscale: { method: 'bislerp', steps: 3 } });
    const model = await finish({ upscale: { model: '4x', by: 1.5, denoiseStrength: 0.4 } });
    const alone = await finish({ upscale: { model: 'old', by: 2, denoiseStrength: 0 } });
    expect(plain.input.upscale).toBeNull();
    const sizes = [plain, latent, model, alone].map(({ images }) => [images[0]!.width, images[0]!.height]);
    expect(sizes).toEqual([
      [64, 64],
      [128, 128],
      [96, 96],
      [128, 128],
    ]);
    expect([latent, model, alone].map(({ step, totalSteps }) => [step, totalSteps])).toEqual([
      [5, 5],
      [4, 4],
      [2, 2],
    ]);
    expect(latent.input.upscale).toEqual({
      ...{ by: 2, width: 128, height: 128, model: null },
      ...{ method: 'bislerp', denoiseStrength: 0.5, steps: 3 },
    });
    expect(model.input.upscale).toMatchObject({ model: { name: '4x' }, denoiseStrength: 0.4, steps: 2 });

    const texts = (await sharp(await pictureOf(model)).metadata()).comments!;
    const parameters = texts.find(({ keyword }) => keyword === 'parameters')!.text;
    expect(parameters).toContain('Size: 64x64');
    expect(parameters).toContain(
      'Denoising strength: 0.4, Hires upscale: 1.5, Hires steps: 2, Hires upscaler: 4x',
    );
    const workflow = texts.find(({ keyword }) => keyword === 'prompt')!.text;
    expect(Object.values(JSON.parse(workflow) as Record<string, { class_type: string }>)).toContainEqual(
      expect.objectContaining({ class_type: 'ImageUpscaleWithModel' }),
    );
    const { settingsOf } = await ask<{ settingsOf: object }>(
      `query ($url: String!) { settingsOf(imageUrl: $url) {
        tool width vae upscale { by model method denoiseStrength steps } leftOut } }`,
      { url: model.images[0]!.url },
    );
    expect(settingsOf).toEqual({
      ...{ tool: 'LatentQL', width: 64, vae: null, leftOut: [] },
      upscale: { by: 1.5, model: '4x', method: 'nearest_exact', denoiseStrength: 0.4, steps: 2 },
    });
    const { rerun } = await ask<{ rerun: Submitted['img2img'] }>(
      `mutation ($id: ID!) { rerun(jobId: $id) { job { id } userErrors { code field message } } }`,
      { id: model.id },
    );
    expect(rerun.userErrors).toEqual([]);
    const again = await ended(rerun.job!.id);
    expect(await pixelsOf(again)).toBe(await pixelsOf(model));
  });

  it('extends a source beyond its sides and keeps the source byte for byte', async () => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 31 + (i >> 3)) % 256);
    const raw = { width: 64, height: 64, channels: 3 } as const;
    const png = await sharp(noise, { raw }).png().toBuffer();
    const imageUrl = `data:image/png;base64,${png.toString('base64')}`;
    const extend = { left: 32, top: 16, feather: 8 };
    const job = await finish({ imageUrl, extend, denoiseStrength: 1 });
    expect(job.images[0]).toMatchObject({ width: 96, height: 80 });
    const picture = sharp(await pictureOf(job));
    const kept = await picture.clone().extract({ left: 40, top: 24, width: 56, height: 56 }).raw().toBuffer();
    const source = await sharp(noise, { raw })
      .extract({ left: 8, top: 8, width: 56, height: 56 })
      .raw()
      .toBuffer();
    expect(kept.equals(source)).toBe(true);
    const { settingsOf } = await ask<{ settingsOf: object }>(
      `query ($url: String!) {
        settingsOf(imageUrl: $url) { width height resizeMode extend { left top right bottom feather } leftOut }
      }`,
      { url: job.images[0]!.url },
    );
    expect(settingsOf).toMatchObject({
      ...{ width: 64, height: 64, resizeMode: 'CROP', leftOut: ['source image'] },
      extend: { ...extend, right: 0, bottom: 0 },
    });
    const { rerun } = await ask<{ rerun: Submitted['img2img'] }>(
      `mutation ($id: ID!) { rerun(jobId: $id) { job { id } userErrors { code field message } } }`,
      { id: job.id },
    );
    expect(await pixelsOf(await ended(rerun.job!.id))).toBe(await pixelsOf(job));
  });

  it('refuses an extension without a source, of odd pixels, beyond the largest size or beside a second pass', async () => {
    const errorsOf = async (input: object) =>
      (await submit(input)).userErrors.map(({ field, message }) => [field.join('.'), message]);
    expect(await errorsOf({ extend: { left: 8 } })).toEqual([
      ['input.extend', 'extend needs a source picture: give image, imageId or imageUrl, too'],
    ]);
    const source = { imageUrl: '/example.png' };
    expect(await errorsOf({ ...source, extend: { left: 4, right: 1032, feather: -1 } })).toEqual([
      ['input.extend.left', 'extend.left must be a multiple of 8 from 0 to 1024, got 4'],
      ['input.extend.right', 'extend.right must be a multiple of 8 from 0 to 1024, got 1032'],
      ['input.extend.feather', 'extend.feather must be from 0 to 256, got -1'],
    ]);
    expect(await errorsOf({ ...source, extend: {} })).toEqual([
      [
        'input.extend',
        'extend: expected pixels on at least one side, got none: give left, top, right or bottom',
      ],
    ]);
    expect(await errorsOf({ ...source, width: 1536, extend: { left: 512, right: 512 } })).toEqual([
      [
        'input.extend',
        'extend enlarges 1536×64 to 2560×64, expected sides of at most 2048: extend less, or choose a smaller width and height',
      ],
    ]);
    expect(await errorsOf({ ...source, extend: { left: 8 }, upscale: {} })).toEqual([
      ['input.upscale', 'upscale regenerates the whole picture, extend keeps the source: give one of them'],
    ]);
  });

  it('decodes with another VAE, that of its acceptance however the file is called', async () => {
    const plain = await finish({});
    const other = await finish({ vae: 'tiny' });
    expect(other.input.vae).toEqual({
      name: 'tiny',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(await pixelsOf(other)).not.toBe(await pixelsOf(plain));
    const texts = (await sharp(await pictureOf(other)).metadata()).comments!;
    const parameters = texts.find(({ keyword }) => keyword === 'parameters')!.text;
    expect(parameters).toContain(`VAE hash: ${other.input.vae!.sha256.slice(0, 10)}, VAE: tiny.safetensors`);
    const { settingsOf } = await ask<{ settingsOf: object }>(
      `query ($url: String!) { settingsOf(imageUrl: $url) { vae leftOut } }`,
      { url: other.images[0]!.url },
    );
    expect(settingsOf).toEqual({ vae: 'tiny', leftOut: [] });
  });

  it('makes pictures with the tiny decoder of the family, that of its acceptance, and says so', async () => {
    const plain = await finish({ model: 'sd' });
    const tiny = await finish({ model: 'sd', decoder: 'TAESD' });
    expect(plain.input).toMatchObject({ decoder: 'VAE', tinyDecoder: null });
    expect(tiny.input).toMatchObject({
      decoder: 'TAESD',
      tinyDecoder: { name: 'taesd_decoder', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    });
    expect(await pixelsOf(tiny)).not.toBe(await pixelsOf(plain));
    expect(await pixelsOf(await finish({ model: 'sd', decoder: 'VAE' }))).toBe(await pixelsOf(plain));
    const texts = (await sharp(await pictureOf(tiny)).metadata()).comments!;
    const textOf = (name: string) => texts.find(({ keyword }) => keyword === name)!.text;
    expect(textOf('parameters')).toContain(', VAE Decoder: TAESD');
    const graph = JSON.parse(textOf('prompt')) as Record<string, { class_type: string; inputs: object }>;
    expect(Object.values(graph)).toContainEqual(
      expect.objectContaining({ class_type: 'VAELoader', inputs: { vae_name: 'taesd' } }),
    );
    const { settingsOf } = await ask<{ settingsOf: object }>(
      `query ($url: String!) { settingsOf(imageUrl: $url) { decoder leftOut } }`,
      { url: tiny.images[0]!.url },
    );
    expect(settingsOf).toEqual({ decoder: 'TAESD', leftOut: [] });
    const { rerun } = await ask<{ rerun: Submitted['img2img'] }>(
      `mutation ($id: ID!) { rerun(jobId: $id) { job { id } userErrors { code field message } } }`,
      { id: tiny.id },
    );
    expect(await pixelsOf(await ended(rerun.job!.id))).toBe(await pixelsOf(tiny));
  });

  it('refuses a tiny decoder where none knows the latents, and in the place of a VAE', async () => {
    const errorsOf = async (input: object) =>
      (await submit(input)).userErrors.map(({ code, field, message }) => [code, field.join('.'), message]);
    expect(await errorsOf({ decoder: 'TAESD' })).toEqual([
      [
        'UNSUPPORTED',
        'input.decoder',
        'decoder TAESD: starter has its own latent format, which no tiny decoder supports: leave decoder out',
      ],
    ]);
    expect(await errorsOf({ model: 'sd', vae: 'taesd_decoder' })).toEqual([
      [
        'INVALID_VALUE',
        'input.vae',
        'the VAE taesd_decoder is a tiny decoder: leave `vae` out, and give `decoder: TAESD` for its pictures',
      ],
    ]);
    const file = join(modelsDir, 'vae_approx/taesd_decoder.safetensors');
    const kept = await readFile(file);
    await rm(file);
    const [[code, field, message] = []] = await errorsOf({ model: 'sd', decoder: 'TAESD' });
    await writeFile(file, kept);
    expect([code, field]).toEqual(['UNSUPPORTED', 'input.decoder']);
    expect(message).toMatch(
      /^decoder TAESD: sd is SD1\.5, and no usable TAESD was found: put taesd_decoder\.safetensors into vae_approx below MODELS_DIR, or leave decoder out; taesdxl_decoder\.safetensors: a tiny decoder for latents of 16 channels/,
    );
  });

  it('refuses what is not there, does not fit or would be too large, before anything runs', async () => {
    const errorsOf = async (input: object) =>
      (await submit(input)).userErrors.map(({ code, field, message }) => [code, field.join('.'), message]);
    expect(await errorsOf({ vae: 'nowhere', upscale: { model: 'none' } })).toEqual([
      [
        'UNSUPPORTED',
        'input.vae',
        'there is no VAE "nowhere", or several have that name; see the vaes query',
      ],
      [
        'UNSUPPORTED',
        'input.upscale.model',
        'there is no upscaler "none", or several have that name; see the upscalers query',
      ],
    ]);
    expect(await errorsOf({ vae: 'ae' })).toEqual([
      [
        'INVALID_VALUE',
        'input.vae',
        'the VAE ae is for FLUX.1, but the model starter is SD1.5: choose another VAE',
      ],
    ]);
    expect(await errorsOf({ vae: 'broken' })).toEqual([
      [
        'INVALID_VALUE',
        'input.vae',
        expect.stringMatching(/^the VAE broken cannot be used: broken\.safetensors: /),
      ],
    ]);
    expect(await errorsOf({ width: 768, upscale: { by: 4 } })).toEqual([
      [
        'INVALID_VALUE',
        'input.upscale.by',
        'upscale.by 4 enlarges 768×64 to 3072×256, expected sides of at most 2048: the largest factor here is 2.66',
      ],
    ]);
    expect(await errorsOf({ upscale: { by: 0.5, denoiseStrength: 2, steps: 0 } })).toEqual([
      ['INVALID_VALUE', 'input.upscale.by', 'upscale.by must be from 1 to 8, got 0.5'],
      [
        'INVALID_VALUE',
        'input.upscale.denoiseStrength',
        'upscale.denoiseStrength must be from 0 to 1, got 2',
      ],
      ['INVALID_VALUE', 'input.upscale.steps', 'upscale.steps must be from 1 to 150, got 0'],
    ]);
    expect(
      await errorsOf({ imageUrl: '/example.png', mask: { imageUrl: '/example.png' }, upscale: {} }),
    ).toEqual([
      [
        'INVALID_VALUE',
        'input.upscale',
        'upscale regenerates the whole picture, mask keeps a part of the source: give one of them',
      ],
    ]);
  });

  it('ends a job whose file is replaced before it runs with an error that names the file', async () => {
    const block = await submit({ steps: 150, width: 256, height: 256 });
    const { job } = await submit({ upscale: { model: '4x' } });
    const file = join(modelsDir, 'upscale_models', '4x.safetensors');
    await copyFile(`${CHECKPOINTS}/compact-x2.safetensors`, file);
    await ask(`mutation ($id: ID!) { cancelJob(id: $id) { job { id } } }`, { id: block.job!.id });
    const failed = await ended(job!.id, 'FAILED');
    expect(failed.error).toEqual({
      code: 'CHECKPOINT_INVALID',
      message: expect.stringMatching(
        /^the upscaler 4x \(upscale_models\/4x\.safetensors\) has changed since the job was accepted: expected SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}; put the file back, or submit the job again$/,
      ) as string,
    });
  });
});
