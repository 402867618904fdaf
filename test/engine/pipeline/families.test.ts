import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CheckpointError, type EngineEvent, type Img2ImgTask } from '../../../src/engine/index.ts';
import { openPipeline, type Pipeline } from '../../../src/engine/pipeline/pipeline.ts';
import { openGolden } from '../../conformance/golden-file.ts';
import { openPicture, pixelError, type PipelineCase } from '../../conformance/pipeline.ts';
import { goldenModels, type GoldenModel, type ModelsFolder } from './golden-models.ts';

const FOLDER = 'test/golden/pipeline';
const { cases } = JSON.parse(readFileSync(join(FOLDER, 'pipeline.json'), 'utf8')) as {
  cases: PipelineCase[];
};

describe('a model folder', () => {
  let models: ModelsFolder;
  let pipeline: Pipeline;
  beforeAll(async () => {
    models = await goldenModels();
    pipeline = await openPipeline({ device: 'cpu', memoryLimit: 2 ** 30 });
  });
  afterAll(() => models.remove());

  async function run(task: Img2ImgTask, within = pipeline) {
    const events: EngineEvent[] = [];
    const { images } = await within.img2img(task, {
      signal: new AbortController().signal,
      emit: (event) => {
        events.push(event);
        return Promise.resolve();
      },
    });
    return { images, events };
  }

  async function taskOf({ model, image, sampler, positive, negative, ...entry }: PipelineCase) {
    const source = await openPicture(join(FOLDER, image));
    return {
      ...entry,
      checkpoint: models.checkpoint(model as GoldenModel),
      prompt: positive,
      negativePrompt: negative,
      seed: BigInt(entry.seed),
      batchSize: entry.batch,
      samplerName: sampler,
      width: source.width,
      height: source.height,
      image: source,
    };
  }

  // SDXL guided, with prompts of different length; FLUX without guidance, at an odd size, with guidance.
  test.for(['sdxl/00', 'sdxl/10', 'flux/00', 'flux/02', 'flux/04'])(
    'gives the golden picture for the task %s',
    async (id) => {
      const entry = cases.find((it) => it.id === id)!;
      const { images, events } = await run(await taskOf(entry));
      const expected = openGolden(join(FOLDER, 'pipeline.safetensors')).u8(`${id}/image_u8`);
      expect(pixelError([images[0]!.data], expected)).toBeLessThan(1e-3);
      expect(events.filter(({ type }) => type === 'step')).toHaveLength(entry.callback_count);
    },
  );

  test.for([
    ['clip_l.safetensors', undefined, /missing beside it: clip_l\.safetensors/],
    ['tokenizer.json', undefined, /missing beside it: tokenizer\.json/],
    ['tokenizer.json', '{}', /tokenizer\.json: expected a tokenizer/],
    ['t5xxl_fp16.safetensors', 'short', /t5xxl_fp16\.safetensors: 5 bytes is too short/],
  ] as const)('notices when %s turns into %s, and when it is back', async ([name, content, message]) => {
    const task = await taskOf(cases.find(({ id }) => id === 'flux/11')!);
    const path = join(dirname(models.checkpoint('flux')), name);
    const before = await run(task);
    await rename(path, `${path}.away`);
    if (content !== undefined) await writeFile(path, content);
    await expect(run(task)).rejects.toThrow(CheckpointError);
    await expect(run(task)).rejects.toThrow(message);
    await rename(`${path}.away`, path);
    expect((await run(task)).images).toEqual(before.images);
  });

  test.for(['sdxl/00', 'flux/00'])(
    'gives the same pictures for %s when memory has room for one network only, which then convolves plainly',
    async (id) => {
      const task = { ...(await taskOf(cases.find((it) => it.id === id)!)), batchSize: 2 };
      const { images } = await run(task);
      const poor = await openPipeline({ device: 'cpu', memoryLimit: 1 });
      const bytes = (pictures: readonly { data: Uint8Array }[]) => pictures.map(({ data }) => data);
      const { images: found } = await run(task, poor);
      expect(pixelError(bytes(found), Buffer.concat(bytes(images)))).toBeLessThan(1e-3);
      expect(poor.status().loaded).toEqual([task.checkpoint]);
    },
  );

  test('does not read a negative prompt that FLUX will not use', async () => {
    const task = await taskOf(cases.find(({ id }) => id === 'flux/11')!);
    const picture = async (negativePrompt: string) => (await run({ ...task, negativePrompt })).images;
    expect(await picture('sea')).toEqual(await picture('snow'));
  });
});
