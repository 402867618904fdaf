import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { answerOf } from '../end-to-end/answer.ts';
import { tinyLora } from '../engine/adapters/tiny-lora.ts';
import { safetensors } from '../engine/checkpoint/safetensors-file.ts';
import {
  startServerProcess,
  startWorkerProcess,
  type ServerProcess,
  type WorkerProcess,
} from '../server-process.ts';
import { RedisServer } from './redis-server.ts';

/** An API process without files, and a worker that has them. */

const SUBMIT =
  'mutation ($input: Img2ImgInput!) { img2img(input: $input) { job { id warnings { code message } } userErrors { code field message } } }';

let folder: string;
let redis: RedisServer;
let server: ServerProcess;
let worker: WorkerProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentql-cluster-'));
  await mkdir(join(folder, 'models/loras'), { recursive: true });
  const pair = (name: string) => ({
    [`lora_unet_${name}.lora_up.weight`]: { dtype: 'F32' as const, shape: [8, 2] },
    [`lora_unet_${name}.lora_down.weight`]: { dtype: 'F32' as const, shape: [2, 8] },
  });
  await writeFile(join(folder, 'models/loras/nowhere.safetensors'), safetensors(pair('nowhere')));
  const extra = ['lora_unet_nowhere.alpha'];
  await writeFile(join(folder, 'models/loras/partly.safetensors'), await tinyLora({ extra }));
  redis = await RedisServer.start();
  const settings = { QUEUE_URL: redis.url, STORAGE_URL: join(folder, 'objects') };
  server = await startServerProcess({
    ...settings,
    DATA_DIR: join(folder, 'api'),
    MODELS_DIR: join(folder, 'none'),
  });
  worker = await startWorkerProcess({
    ...settings,
    DATA_DIR: join(folder, 'worker'),
    MODELS_DIR: join(folder, 'models'),
    DEVICE: 'cpu',
  });
}, 240_000);
afterAll(async () => {
  await Promise.all([server.end('SIGKILL'), worker.end('SIGKILL')]);
  await redis.stop();
  await rm(folder, { recursive: true });
});

interface Submitted {
  img2img: {
    job: { id: string; warnings: { code: string; message: string }[] } | null;
    userErrors: { code: string; field: string[]; message: string }[];
  };
}

/** Submits a job with a LoRA as soon as the worker has announced its hash. */
const submit = (name: string): Promise<Submitted['img2img']> =>
  vi.waitFor(
    async () => {
      const input = { model: 'starter', width: 64, height: 64, steps: 1, loras: [{ name }] };
      const { img2img } = await answerOf<Submitted>(server.url, SUBMIT, { input });
      expect(
        img2img.userErrors.filter(({ message }) => /still being hashed|there is no/.test(message)),
      ).toEqual([]);
      return img2img;
    },
    { timeout: 60_000, interval: 500 },
  );

it('refuses at submission, as a single machine does, a LoRA that changes no weight of the model', async () => {
  expect(await submit('nowhere')).toEqual({
    job: null,
    userErrors: [
      {
        code: 'INVALID_VALUE',
        field: ['input', 'loras', '0'],
        message:
          'the LoRA nowhere cannot be used with starter: nowhere.safetensors: does not fit starter.safetensors (sd15): ' +
          'none of its 2 tensors, such as "lora_unet_nowhere.lora_up.weight", changes a weight of the checkpoint',
      },
    ],
  });
}, 120_000);

it('warns at submission of the keys of a LoRA that the model ignores', async () => {
  const { job, userErrors } = await submit('partly');
  expect(userErrors).toEqual([]);
  expect(job!.warnings.filter(({ code }) => code === 'LORA_PARTLY_USED')).toEqual([
    {
      code: 'LORA_PARTLY_USED',
      message: 'starter ignores 1 of the keys of the LoRA partly, such as "lora_unet_nowhere.alpha".',
    },
  ]);
}, 120_000);
