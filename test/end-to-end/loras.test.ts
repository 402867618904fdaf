import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tinyLora } from '../engine/adapters/tiny-lora.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { answerOf } from './answer.ts';

interface Submitted {
  img2img: { job: { id: string } | null; userErrors: { code: string; field: string[]; message: string }[] };
}
interface Finished {
  job: {
    status: string;
    input: { prompt: string; loras: { name: string; strength: number; textStrength: number }[] };
    warnings: { code: string; message: string }[];
    images: { sha256: string; url: string }[];
  };
}

describe('the server with LoRAs in its models folder', () => {
  let dataDir: string;
  let modelsDir: string;
  let server: ServerProcess;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'latentql-lora-'));
    modelsDir = await mkdtemp(join(tmpdir(), 'latentql-models-'));
    await mkdir(join(modelsDir, 'Lora'));
    const tags = { a: { 'a house': 3, dusk: 7 }, b: { 'a house': 5 } };
    const metadata = { ss_tag_frequency: JSON.stringify(tags), ss_output_name: 'Tiny' };
    await writeFile(
      join(modelsDir, 'Lora', 'tiny.safetensors'),
      await tinyLora({ metadata, extra: ['lora_unet_nowhere.alpha'] }),
    );
    await writeFile(join(modelsDir, 'Lora', 'nan.safetensors'), await tinyLora({ size: NaN }));
    await writeFile(join(modelsDir, 'Lora', 'alpha.safetensors'), await tinyLora({ alpha: 1e30 }));
    await writeFile(join(modelsDir, 'Lora', 'huge.safetensors'), await tinyLora({ size: 1e19 }));
    await copyFile('test/golden/next/lora/files/sdxl_kohya.safetensors', join(modelsDir, 'xl.safetensors'));
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
  const finish = async (input: object): Promise<Finished['job']> => {
    const { job, userErrors } = await submit(input);
    expect(userErrors).toEqual([]);
    return vi.waitFor(
      async () => {
        const found = await ask<Finished>(
          `query ($id: ID!) { job(id: $id) { status input { prompt loras { name strength textStrength } }
            warnings { code message } images { sha256 url } } }`,
          { id: job!.id },
        );
        expect(found.job.status).toBe('SUCCEEDED');
        return found.job;
      },
      { timeout: 60_000, interval: 100 },
    );
  };

  it('lists them with what their files say, and none of them among the models', async () => {
    const { loras, models } = await ask<{ loras: unknown; models: { name: string }[] }>(
      `{ loras { name file family title triggerWords problem } models { name } }`,
    );
    const usual = (loras as { name: string }[]).filter(({ name }) => ['tiny', 'xl'].includes(name));
    expect(usual).toEqual([
      {
        name: 'tiny',
        file: 'Lora/tiny.safetensors',
        family: 'SD15',
        title: 'Tiny',
        triggerWords: ['a house', 'dusk'],
        problem: null,
      },
      expect.objectContaining({ name: 'xl', file: 'xl.safetensors', family: 'SDXL', problem: null }),
    ]);
    expect(models.map(({ name }) => name)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/tiny|xl$/)]),
    );
  });

  it('changes the picture by list and by tag alike, and not at all with strength 0', async () => {
    const plain = await finish({});
    const listed = await finish({ loras: [{ name: 'tiny', strength: 0.8, textStrength: 0.5 }] });
    const tagged = await finish({ prompt: 'a house <lora:tiny:0.5:0.8>' });
    const none = await finish({ loras: [{ name: 'tiny', strength: 0 }] });
    const picture = ({ images }: Finished['job']) =>
      fetch(images[0]!.url).then(async (response) => Buffer.from(await response.arrayBuffer()));
    const pixels = async (job: Finished['job']) =>
      (
        await sharp(await picture(job))
          .raw()
          .toBuffer()
      ).toString('base64');
    expect(await pixels(listed)).not.toBe(await pixels(plain));
    expect(await pixels(tagged)).toBe(await pixels(listed));
    expect(await pixels(none)).toBe(await pixels(plain));
    expect(tagged.input).toEqual({
      prompt: 'a house',
      loras: [{ name: 'tiny', strength: 0.8, textStrength: 0.5 }],
    });
    expect(plain.warnings.map(({ code }) => code)).not.toContain('LORA_PARTLY_USED');
    expect(listed.warnings).toContainEqual({
      code: 'LORA_PARTLY_USED',
      message: 'starter ignores 1 of the keys of the LoRA tiny, such as "lora_unet_nowhere.alpha".',
    });

    const text = (await picture(listed)).toString('latin1');
    expect(text).toMatch(/a house <lora:tiny:0\.5:0\.8>/);
    expect(text).toMatch(/Lora hashes: "tiny: [0-9a-f]{12}"/);
    const { settingsOf } = await ask<{ settingsOf: unknown }>(
      `query ($url: String!) { settingsOf(imageUrl: $url) { prompt loras { name strength strengthClip } } }`,
      { url: new URL(listed.images[0]!.url).pathname },
    );
    expect(settingsOf).toEqual({
      prompt: 'a house',
      loras: [{ name: 'tiny', strength: 0.8, strengthClip: 0.5 }],
    });
  });

  it('refuses one that is not there, one of another family, and a strength that is not a number', async () => {
    const unknown = await submit({ loras: [{ name: 'tiny' }, { name: 'gone' }] });
    expect(unknown.userErrors).toEqual([
      {
        code: 'UNSUPPORTED',
        field: ['input', 'loras', '1'],
        message: expect.stringContaining('"gone"') as string,
      },
    ]);
    const { userErrors: mismatch } = await submit({ prompt: 'a house <lora:xl:1>' });
    expect(mismatch).toEqual([
      {
        code: 'INVALID_VALUE',
        field: ['input', 'prompt'],
        message: expect.stringContaining('the LoRA xl is for SDXL, but the model starter is SD1.5') as string,
      },
    ]);
    const { userErrors: strengths } = await submit({
      prompt: '<lora:tiny:much>',
      loras: [{ name: 'tiny', strength: 11 }],
    });
    expect(strengths.map(({ field }) => field)).toEqual([
      ['input', 'prompt'],
      ['input', 'loras', '0'],
    ]);
  });

  it.each([
    [
      'nan',
      /^the LoRA nan cannot be used: nan\.safetensors: "lora_unet_\S+" contains numbers that are not finite/,
    ],
    [
      'alpha',
      /^the LoRA alpha cannot be used with starter: alpha\.safetensors: "lora_unet_\S+\.alpha" is 1\.\d+e\+30/,
    ],
  ])('refuses a damaged one with its file and tensor: %s', async (name, message) => {
    expect((await submit({ loras: [{ name }] })).userErrors).toEqual([
      {
        code: 'INVALID_VALUE',
        field: ['input', 'loras', '0'],
        message: expect.stringMatching(message) as string,
      },
    ]);
  });

  it('ends a job whose LoRA drives the numbers out of range after one attempt, with its name', async () => {
    const { job } = await submit({ loras: [{ name: 'huge', strength: 2 }] });
    await vi.waitFor(
      async () => {
        const found = await ask<{ job: object }>(
          'query ($id: ID!) { job(id: $id) { status attempts error { code message } } }',
          { id: job!.id },
        );
        expect(found.job).toEqual({
          status: 'FAILED',
          attempts: 1,
          error: {
            code: 'DIVERGED',
            message: expect.stringContaining(
              'in use were the LoRA huge.safetensors (strength 2, textStrength 2)',
            ) as string,
          },
        });
      },
      { timeout: 60_000, interval: 100 },
    );
    const { engine } = await ask<{ engine: object }>('{ engine { devices { interruptions } } }');
    expect(engine).toEqual({ devices: [{ interruptions: 0 }] });
  });
}, 240_000);
