import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tinyLora } from '../engine/adapters/tiny-lora.ts';
import { readTensors } from '../engine/checkpoint/repack.ts';
import { safetensors } from '../engine/checkpoint/safetensors-file.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { answerOf } from './answer.ts';

interface Accepted {
  job: { id: string; warnings: { code: string; field: string[]; message: string }[] } | null;
  userErrors: { code: string; field: string[]; message: string }[];
}
const ACCEPTED = '{ job { id warnings { code field message } } userErrors { code field message } }';

const STARTER = 'assets/models/starter';
const OUTPUT = 'model.diffusion_model.out.2.bias';

describe('a file that is changed while a job that uses it waits', () => {
  let folder: string;
  let server: ServerProcess;
  const at = (file: string) => join(folder, 'models', file);
  const ask = <Data>(query: string, variables: object = {}) => answerOf<Data>(server.url, query, variables);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-changed-'));
    await mkdir(at('loras'), { recursive: true });
    await copyFile(`${STARTER}.safetensors`, at('mix.safetensors'));
    await copyFile(`${STARTER}.json`, at('mix.json'));
    await writeFile(at('loras/ink.safetensors'), await tinyLora());
    server = await startServerProcess({ DATA_DIR: join(folder, 'data'), MODELS_DIR: at('') });
  });
  afterAll(async () => {
    await server.end('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const input = { modelName: 'mix', width: 64, height: 64, steps: 1, loras: [{ name: 'ink' }] };
  const submit = async () =>
    (
      await ask<{ img2img: Accepted }>(
        `mutation ($input: Img2ImgInput!) { img2img(input: $input) ${ACCEPTED} }`,
        { input },
      )
    ).img2img;
  const rerun = async (id: string) =>
    (await ask<{ rerun: Accepted }>(`mutation ($id: ID!) { rerun(jobId: $id) ${ACCEPTED} }`, { id })).rerun;
  const endOf = (id: string) =>
    vi.waitFor(
      async () => {
        const query = 'query ($id: ID!) { job(id: $id) { status error { code message } } }';
        const { job } = await ask<{ job: { status: string; error: object | null } }>(query, { id });
        expect(job.status).toMatch(/SUCCEEDED|FAILED/);
        return job;
      },
      { timeout: 60_000, interval: 100 },
    );

  const CHANGES: readonly (readonly [string, () => Promise<Uint8Array | string>, string, string, string])[] =
    [
      [
        'mix.safetensors',
        async () => {
          const tensors = await readTensors(`${STARTER}.safetensors`);
          const { dtype, shape } = tensors[OUTPUT]!;
          return safetensors({ ...tensors, [OUTPUT]: { dtype, shape } });
        },
        'the file mix.safetensors of the model mix has changed since the job was accepted: expected sha256:',
        'model',
        'The model mix',
      ],
      [
        'mix.json',
        async () =>
          JSON.stringify({
            ...(JSON.parse(await readFile(`${STARTER}.json`, 'utf8')) as object),
            prediction: 'v',
          }),
        'the file mix.json of the model mix has changed since the job was accepted: expected sha256:',
        'model',
        'The model mix',
      ],
      [
        'loras/ink.safetensors',
        () => tinyLora({ seed: 2 }),
        'the LoRA ink (loras/ink.safetensors) has changed since the job was accepted: expected SHA-256 ',
        'loras',
        'The LoRA ink',
      ],
    ];

  it.each(CHANGES)('ends the job with its name: %s', async (file, change, message, field, what) => {
    const before = await readFile(at(file));
    await ask('mutation { pauseQueue { waiting } }');
    const [changed, restored] = [(await submit()).job!.id, (await submit()).job!.id];
    await writeFile(at(file), await change());
    await ask('mutation { resumeQueue { waiting } }');
    const failed = { status: 'FAILED', error: { code: 'CHECKPOINT_INVALID' } };
    const told = await endOf(changed);
    expect(told).toMatchObject(failed);
    expect((told.error as { message: string }).message).toContain(message);
    expect(await endOf(restored)).toMatchObject(failed);

    const again = await rerun(changed);
    expect(again.userErrors).toEqual([]);
    expect(again.job!.warnings.filter(({ code }) => code === 'FILE_CHANGED')).toEqual([
      {
        code: 'FILE_CHANGED',
        field: ['input', field],
        message: `${what} has changed since the other job was accepted: the pictures will differ.`,
      },
    ]);
    expect(await endOf(again.job!.id)).toEqual({ status: 'SUCCEEDED', error: null });

    await writeFile(at(file), before);
    const retry = `mutation ($id: ID!) { retryJob(id: $id) { job { id } } }`;
    const { retryJob } = await ask<{ retryJob: { job: { id: string } } }>(retry, { id: restored });
    expect(await endOf(retryJob.job.id)).toEqual({ status: 'SUCCEEDED', error: null });
  });
});
