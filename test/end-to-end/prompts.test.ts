import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openCheckpoint } from '../../src/engine/checkpoint/checkpoint.ts';
import { clipWidth } from '../../src/engine/networks/clip-text.ts';
import { safetensors } from '../engine/checkpoint/safetensors-file.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { answerOf } from './answer.ts';

interface Submitted {
  img2img: { job: { id: string } | null; userErrors: { code: string; field: string[]; message: string }[] };
}
interface Finished {
  job: {
    status: string;
    input: { clipSkip: number | null; promptStyle: string; embeddings: { name: string; file: string }[] };
    warnings: { code: string; message: string }[];
    images: { url: string }[];
  };
}

/** An embedding of two vectors. */
const embedding = (width: number, key = 'emb_params') => {
  const values = Float32Array.from({ length: 2 * width }, (_, i) => 0.3 * Math.sin(7 * i));
  return safetensors({ [key]: { dtype: 'F32', shape: [2, width], bytes: new Uint8Array(values.buffer) } });
};

describe('the server with embeddings in its models folder', () => {
  let dataDir: string;
  let modelsDir: string;
  let server: ServerProcess;
  let width: number;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'latentql-prompts-'));
    modelsDir = await mkdtemp(join(tmpdir(), 'latentql-models-'));
    width = clipWidth(await openCheckpoint('assets/models/starter.safetensors'), 'clip_l');
    await mkdir(join(modelsDir, 'sd15/embeddings/deep'), { recursive: true });
    await writeFile(join(modelsDir, 'sd15/embeddings/deep/dusk.safetensors'), embedding(width));
    await writeFile(join(modelsDir, 'sd15/embeddings/broken.pt'), 'nothing');
    await copyFile('test/golden/next/text/embeddings/webui.pt', join(modelsDir, 'sd15/embeddings/webui.pt'));
    await writeFile(join(modelsDir, 'elsewhere.safetensors'), embedding(1280, 'clip_g'));
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
    const usual = { model: 'starter', steps: 4, cfg: 4, width: 64, height: 64, prompt: 'a house' };
    const { img2img } = await ask<Submitted>(
      `mutation ($input: Img2ImgInput!) { img2img(input: $input) { job { id } userErrors { code field message } } }`,
      { input: { ...usual, ...input } },
    );
    return img2img;
  };
  const finish = async (input: object): Promise<Finished['job']> => {
    const { job, userErrors } = await submit(input);
    expect(userErrors).toEqual([]);
    return vi.waitFor(
      async () => {
        const found = await ask<Finished>(
          `query ($id: ID!) { job(id: $id) { status input { clipSkip promptStyle embeddings { name file } }
            warnings { code message } images { url } } }`,
          { id: job!.id },
        );
        expect(found.job.status).toBe('SUCCEEDED');
        return found.job;
      },
      { timeout: 60_000, interval: 100 },
    );
  };
  const picture = async ({ images }: Finished['job']) =>
    Buffer.from(await (await fetch(images[0]!.url)).arrayBuffer());
  const pixels = async (input: object) => {
    const image = sharp(await picture(await finish(input)));
    return (await image.raw().toBuffer()).toString('base64');
  };

  it('lists them with their vectors, and none of them among the models', async () => {
    const { embeddings, models } = await ask<{ embeddings: unknown; models: { file: string }[] }>(
      `{ embeddings { name file family vectors { key width count } problem } models { file } }`,
    );
    expect(embeddings).toEqual([
      {
        name: 'elsewhere',
        file: 'elsewhere.safetensors',
        family: 'SDXL',
        vectors: [{ key: 'clip_g', width: 1280, count: 2 }],
        problem: null,
      },
      expect.objectContaining({ name: 'broken', problem: expect.stringContaining('broken.pt') as string }),
      expect.objectContaining({
        name: 'dusk',
        vectors: [{ key: 'emb_params', width, count: 2 }],
        problem: null,
      }),
      expect.objectContaining({
        name: 'webui',
        vectors: [{ key: '*', width: 8, count: 2 }],
        problem: null,
      }),
    ]);
    const files = models.map(({ file }) => file).join();
    expect(files).not.toMatch(/dusk|elsewhere|webui/);
  });

  it('a mention makes another picture in either style, and one that is not there a warning', async () => {
    const plain = await pixels({});
    const job = await finish({ prompt: 'a house embedding:deep/dusk, embedding:gone embedding:broken' });
    expect(job.input.embeddings).toEqual([
      { name: 'deep/dusk', file: 'sd15/embeddings/deep/dusk.safetensors' },
    ]);
    const ignored = job.warnings.filter(({ code }) => code === 'EMBEDDING_IGNORED');
    expect(ignored.map(({ message }) => message.slice(0, 40))).toEqual([
      'The embedding "gone" of prompt does noth',
      'The embedding "broken" of prompt does no',
    ]);
    expect(await pixels({ prompt: 'a house embedding:dusk' })).not.toBe(plain);
    expect(await pixels({ prompt: 'a house embedding:gone' })).toBe(plain);
    const bare = await finish({ promptStyle: 'A1111', prompt: 'a house Dusk' });
    expect(bare.input.embeddings).toEqual([{ name: 'dusk', file: 'sd15/embeddings/deep/dusk.safetensors' }]);
  });

  it('schedules, parts and layers change the picture, and a schedule that never switches does not', async () => {
    const a1111 = (prompt: string) => pixels({ promptStyle: 'A1111', prompt });
    const plain = await a1111('a house');
    expect(await pixels({})).toBe(plain); // without weights both styles give the same
    expect(await a1111('a [house:tree:1.0]')).toBe(plain);
    expect(await a1111('a [house:tree:0.25]')).not.toBe(plain);
    expect(await a1111('a [house|tree]')).not.toBe(plain);
    expect(await a1111('a house AND a tree :0.7')).not.toBe(plain);
    expect(await a1111('a house AND a house :0')).toBe(plain);
    expect(await pixels({ clipSkip: 2 })).not.toBe(plain);
    expect(await pixels({ clipSkip: 1 })).toBe(plain);
  });

  it('the picture says how its prompts were read, and gives that back', async () => {
    const job = await finish({
      promptStyle: 'A1111',
      emphasis: 'NO_NORM',
      clipSkip: 2,
      prompt: '(dusk:1.1)',
    });
    const text = (await picture(job)).toString('latin1');
    expect(text).toMatch(
      /Prompt style: A1111, Emphasis: No norm, Clip skip: 2, TI hashes: "dusk: [0-9a-f]{12}"/,
    );
    expect(text).toContain('CLIPSetLastLayer');
    const { settingsOf } = await ask<{ settingsOf: unknown }>(
      `query ($url: String!) { settingsOf(imageUrl: $url) { prompt promptStyle emphasis clipSkip } }`,
      { url: new URL(job.images[0]!.url).pathname },
    );
    expect(settingsOf).toEqual({
      prompt: '(dusk:1.1)',
      promptStyle: 'A1111',
      emphasis: 'NO_NORM',
      clipSkip: 2,
    });
  });

  it('refuses what a style does not read, and names it', async () => {
    const messages = async (input: object) => (await submit(input)).userErrors.map(({ message }) => message);
    expect(await messages({ promptStyle: 'A1111', prompt: '(a:1.1.1)' })).toEqual([
      'prompt must have weights from -1000000 to 1000000, got NaN for "a"',
    ]);
    expect(await messages({ emphasis: 'IGNORE' })).toEqual(['emphasis is for promptStyle A1111']);
    expect(await messages({ clipSkip: 25 })).toEqual(['clipSkip must be from 1 to 24, got 25']);
    expect(await messages({ promptStyle: 'A1111', prompt: '['.repeat(101) })).toEqual([
      'prompt must nest brackets at most 100 deep, got 101',
    ]);
    const long = `[a|b|c|d|e|f|g|h]${' x'.repeat(4_000)}`;
    expect(await messages({ promptStyle: 'A1111', prompt: long, steps: 8 })).toEqual([
      'prompt must have at most 50000 characters in all texts that its schedules give, got 64008',
    ]);
  });

  it('counts the tokens of the longest text of a prompt', async () => {
    const count = async (prompt: string, promptStyle: string) => {
      const { promptTokens } = await ask<{ promptTokens: { count: number; chunks: number }[] }>(
        `query ($prompt: String!, $promptStyle: PromptStyle) {
          promptTokens(modelName: "starter", prompt: $prompt, promptStyle: $promptStyle) { count chunks }
        }`,
        { prompt, promptStyle },
      );
      return promptTokens[0];
    };
    expect(await count('a [cat:black dog:0.5] AND a', 'A1111')).toEqual({ count: 3, chunks: 1 });
    expect(await count('a BREAK b', 'A1111')).toEqual({ count: 2, chunks: 2 });
    expect(await count('a BREAK b', 'COMFY')).toEqual({ count: 3, chunks: 1 });
  });
}, 240_000);
