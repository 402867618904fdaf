import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answerOf } from '../end-to-end/answer.ts';
import { tinyLora } from '../engine/adapters/tiny-lora.ts';
import {
  startServerProcess,
  startWorkerProcess,
  type ServerProcess,
  type WorkerProcess,
} from '../server-process.ts';
import { RedisServer } from './redis-server.ts';

interface Ended {
  readonly status: string;
  readonly attempts: number;
  readonly error: { code: string; message: string } | null;
  readonly attemptHistory: readonly { worker: string; result: string }[];
}

let folder: string;
let redis: RedisServer;
const running: (ServerProcess | WorkerProcess)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentql-other-files-'));
  redis = await RedisServer.start();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.end('SIGKILL')));
  await redis.stop();
  await rm(folder, { recursive: true });
});

const started = <P extends ServerProcess | WorkerProcess>(process: P): P => {
  running.push(process);
  return process;
};
const settings = (models: string) => ({
  QUEUE_URL: redis.url,
  STORAGE_URL: join(folder, 'objects'),
  DATA_DIR: join(folder, `data-${models}`),
  MODELS_DIR: join(folder, models),
});

/** A worker whose model and LoRA have the same names everywhere, and other contents in each folder. */
async function startWorker(models: string, seed: number): Promise<WorkerProcess> {
  await mkdir(join(folder, models, 'loras'), { recursive: true });
  await copyFile('assets/models/starter.safetensors', join(folder, models, 'mix.safetensors'));
  const sidecar = JSON.parse(await readFile('assets/models/starter.json', 'utf8')) as object;
  const prediction = seed === 2 ? { prediction: 'v' } : {};
  await writeFile(join(folder, models, 'mix.json'), JSON.stringify({ ...sidecar, ...prediction }));
  await writeFile(join(folder, models, 'loras/ink.safetensors'), await tinyLora({ seed }));
  return started(await startWorkerProcess({ ...settings(models), DEVICE: 'cpu' }));
}

// Three processes: minutes on a busy machine.
it(
  'a job is run by the worker that has its files, and fails with a clear reason only where none has them',
  { timeout: 240_000 },
  async () => {
    const first = await startWorker('first', 1);
    const { url } = started(await startServerProcess(settings('none')));
    const ask = <Data>(query: string, variables: object = {}) => answerOf<Data>(url, query, variables);
    const submit = (more: object): Promise<string> =>
      vi.waitFor(
        async () => {
          const input = { modelName: 'mix', width: 64, height: 64, steps: 1, ...more };
          const { img2img } = await ask<{
            img2img: { job: { id: string } | null; userErrors: { message: string }[] };
          }>(
            'mutation ($input: Img2ImgInput!) { img2img(input: $input) { job { id } userErrors { message } } }',
            { input },
          );
          expect(img2img.userErrors).toEqual([]);
          return img2img.job!.id;
        },
        { timeout: 60_000, interval: 500 }, // until the LoRA is hashed
      );
    const endOf = (id: string): Promise<Ended> =>
      vi.waitFor(
        async () => {
          const query =
            'query ($id: ID!) { job(id: $id) { status attempts error { code message } attemptHistory { worker result } } }';
          const { job } = await ask<{ job: Ended }>(query, { id });
          expect(job.status).toMatch(/SUCCEEDED|FAILED/);
          return job;
        },
        { timeout: 60_000, interval: 200 },
      );
    await ask('mutation { pauseQueue { waiting } }');
    const ofFirst = await Promise.all(
      [
        { prompt: 'a' },
        { loras: [{ name: 'ink' }] },
        { prompt: 'b' },
        { loras: [{ name: 'ink' }], seed: 1 },
      ].map(submit),
    );
    const second = await startWorker('second', 2);
    await ask('mutation { resumeQueue { waiting } }');
    for (const id of ofFirst) {
      const { attemptHistory, ...job } = await endOf(id);
      expect(job).toEqual({ status: 'SUCCEEDED', attempts: 1, error: null });
      expect(attemptHistory.filter(({ result }) => result !== 'RETURNED')).toEqual([
        { worker: first.name, result: 'SUCCEEDED' },
      ]);
    }

    await ask('mutation { pauseQueue { waiting } }');
    await second.end('SIGTERM');
    const orphan = await submit({ prompt: 'c' });
    const again = await startWorker('second', 2);
    await first.end('SIGTERM');
    await ask('mutation { resumeQueue { waiting } }');
    const { attemptHistory, ...job } = await endOf(orphan);
    expect(job).toEqual({
      status: 'FAILED',
      attempts: 1,
      error: {
        code: 'CHECKPOINT_INVALID',
        message: expect.stringMatching(
          /^the file mix\.json of the model mix has changed since the job was accepted: expected sha256:/,
        ) as string,
      },
    });
    expect(attemptHistory.at(-1)).toEqual({ worker: again.name, result: 'FAILED' });
  },
);
