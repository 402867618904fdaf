import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  Img2ImgDocument,
  JobDocument,
  ModelValuesDocument,
  ProgressDocument,
  PromptTokensDocument,
  ServerDocument,
  UnloadModelsDocument,
} from '../client/generated/graphql.ts';
import { ask, connect, subscribe, upload } from '../client/request.ts';
import { openGolden } from '../conformance/golden-file.ts';
import { pixelError, type PipelineCase } from '../conformance/pipeline.ts';
import { goldenModels, type ModelsFolder } from '../engine/pipeline/golden-models.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';

const GOLDEN = 'test/golden/pipeline';

const FLUX = ['flux1_schnell', 'flux/00'] as const;
/** In ComfyUI's tree that of the family whose parts lie in several folders of it. */
const PICTURES = {
  own: [['majicmixRealistic_betterV6', 'sd15/00'], ['sd_xl_base_1_0', 'sdxl/00'], FLUX],
  ComfyUI: [FLUX],
} as const;

describe.each(['own', 'ComfyUI'] as const)(
  'the server with a checkpoint of each family in its %s tree',
  (tree) => {
    let dataDir: string;
    let models: ModelsFolder;
    let server: ServerProcess;
    let cases: PipelineCase[];

    beforeAll(async () => {
      dataDir = await mkdtemp(join(tmpdir(), 'latentql-end-to-end-'));
      models = await goldenModels(tree);
      server = await startServerProcess({ DATA_DIR: dataDir, MODELS_DIR: models.path });
      ({ cases } = JSON.parse(await readFile(join(GOLDEN, 'pipeline.json'), 'utf8')) as {
        cases: PipelineCase[];
      });
    });
    afterAll(async () => {
      await server.end('SIGKILL');
      await models.remove();
      await rm(dataDir, { recursive: true });
    });

    it.each(PICTURES[tree])('gives the golden picture for a request to %s', async (model, id) => {
      const entry = cases.find((it) => it.id === id)!;
      const { steps, cfg, seed, scheduler } = entry;
      const picture = await readFile(join(GOLDEN, entry.image));
      const { width, height } = await sharp(picture).metadata();
      const image = new Blob([picture], { type: 'image/png' });
      const input = {
        model,
        steps,
        cfg,
        seed,
        scheduler,
        samplerName: entry.sampler,
        denoiseStrength: entry.denoise,
        prompt: entry.positive,
        negativePrompt: entry.negative,
        width,
        height,
        image,
      };
      const { data } = await upload(server.url, Img2ImgDocument, { input });
      expect(data?.img2img.userErrors).toEqual([]);
      const jobId = data!.img2img.job!.id;

      const client = connect(server.url);
      const types: string[] = [];
      for await (const { data } of subscribe(client, ProgressDocument, { jobId }))
        types.push(data!.img2imgProgress.__typename);
      await client.dispose();
      expect(types.at(-1)).toBe('Img2ImgCompleted');

      const { job } = await ask(server.url, JobDocument, { id: jobId });
      const png = Buffer.from(await (await fetch(job!.images[0]!.url)).arrayBuffer());
      const pixels = await sharp(png).raw().toBuffer();
      const expected = openGolden(join(GOLDEN, 'pipeline.safetensors')).u8(`${id}/image_u8`);
      expect(pixelError([pixels], expected)).toBeLessThan(1e-3);
    });

    it('counts the tokens of a prompt with the tokenizer of the tree', async () => {
      const count = { modelName: 'flux1_schnell', prompt: 'a red house' };
      const { promptTokens } = await ask(server.url, PromptTokensDocument, count);
      expect(promptTokens.map(({ count }) => count)).not.toContain(null);
    });

    it.runIf(tree === 'own')('releases the memory of its models, and loads them again', async () => {
      const input = { model: 'majicmixRealistic_betterV6', steps: 1, width: 64, height: 64 } as const;
      const run = async () => {
        const { img2img } = await ask(server.url, Img2ImgDocument, { input });
        const jobId = img2img.job!.id;
        const client = connect(server.url);
        for await (const { data } of subscribe(client, ProgressDocument, { jobId }))
          if (data!.img2imgProgress.__typename === 'Img2ImgFailed') throw new Error('the job failed');
        await client.dispose();
        return (await ask(server.url, ServerDocument, {})).engine.devices.flatMap(({ loaded }) => loaded);
      };
      expect(await run()).toContain(input.model);
      const { unloadModels } = await ask(server.url, UnloadModelsDocument, {});
      expect(unloadModels.devices.map(({ loaded }) => loaded)).toEqual([[]]);
      expect(await run()).toEqual([input.model]);
    });

    it('notices a checkpoint that comes, and one that goes', { timeout: 240_000 }, async () => {
      const values = async () =>
        (await ask(server.url, ModelValuesDocument, {})).__type!.enumValues!.map(({ name }) => name);
      const path = join(models.path, 'checkpoints/new one.safetensors');
      await mkdir(dirname(path), { recursive: true });
      await copyFile('assets/models/starter.safetensors', path);
      await vi.waitFor(async () => {
        expect(await values()).toContain('new_one');
      }, 100_000);
      await rm(path);
      await vi.waitFor(async () => {
        expect(await values()).not.toContain('new_one');
      }, 100_000);
    });
  },
);
