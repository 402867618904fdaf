import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CanceledError,
  CheckpointError,
  DeviceError,
  type Engine,
  type EngineResult,
  type EngineRunOptions,
  type Img2ImgTask,
  type RgbImage,
} from '../../src/engine/index.ts';
import { img2imgHandler } from '../../src/jobs/img2img.ts';
import type { JobQueue } from '../../src/jobs/queue.ts';
import type { Img2ImgSettings } from '../../src/jobs/request.ts';
import { Runner } from '../../src/jobs/runner.ts';
import { openSqliteJobs } from '../../src/jobs/sqlite/index.ts';
import { type ObjectStore, StorageFullError, type StoredBytes } from '../../src/storage/object-store.ts';
import {
  ended,
  latent,
  ManualClock,
  MemoryLog,
  newJob,
  read,
  readAll,
  request,
  temporaryFolder,
  watching,
} from './fixtures.ts';

/** A run of the engine whose course the test decides; it stops when it is told to. */
interface EngineRun extends EngineRunOptions {
  readonly task: Img2ImgTask;
  readonly finish: (images: readonly RgbImage[]) => void;
  readonly fail: (error: Error) => void;
}

class ScriptedEngine implements Pick<Engine, 'run'> {
  readonly #runs: EngineRun[] = [];
  readonly #awaited: ((run: EngineRun) => void)[] = [];

  run(task: Img2ImgTask, options: EngineRunOptions): Promise<EngineResult> {
    return new Promise((resolve, reject) => {
      options.signal.addEventListener('abort', () => {
        reject(new CanceledError());
      });
      const timings = {
        LOADING_MODEL: 0,
        ENCODING_PROMPT: 0,
        ENCODING_IMAGE: 0,
        SAMPLING: 0,
        UPSCALING: 0,
        DECODING: 0,
      };
      const run: EngineRun = {
        ...options,
        task,
        finish: (images) => {
          resolve({ images, timings });
        },
        fail: reject,
      };
      const awaited = this.#awaited.shift();
      if (awaited) awaited(run);
      else this.#runs.push(run);
    });
  }

  next(): Promise<EngineRun> {
    const run = this.#runs.shift();
    return run ? Promise.resolve(run) : new Promise((resolve) => this.#awaited.push(resolve));
  }
}

/** Objects in memory. */
class MemoryObjects implements ObjectStore {
  readonly stored = new Map<string, Buffer>();
  /** Set while there is no room. */
  full: { retried: () => void } | undefined;

  put(bytes: Uint8Array): Promise<{ sha256: string; byteSize: number }> {
    if (this.full) return Promise.reject(new StorageFullError('no room'));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.stored.set(sha256, Buffer.from(bytes));
    return Promise.resolve({ sha256, byteSize: bytes.length });
  }
  check(): Promise<void> {
    return Promise.resolve();
  }
  get(sha256: string): Promise<Buffer | undefined> {
    return Promise.resolve(this.stored.get(sha256));
  }
  open(sha256: string): Promise<StoredBytes | undefined> {
    const bytes = this.stored.get(sha256);
    return Promise.resolve(bytes && { byteSize: bytes.length, stream: Readable.from([bytes]) });
  }
  has(sha256: string): Promise<boolean> {
    return Promise.resolve(this.stored.has(sha256));
  }
  delete(sha256: string): Promise<boolean> {
    this.stored.delete(sha256);
    return Promise.resolve(true);
  }
  async *list(): AsyncGenerator<never> {
    // nobody asks
  }
}

const picture = (value: number): RgbImage => ({ width: 1, height: 1, data: Uint8Array.of(value, 0, 0) });

describe('the img2img handler', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let clock: ManualClock;
  let log: MemoryLog;
  let engine: ScriptedEngine;
  let objects: MemoryObjects;
  let queue: JobQueue;
  let runner: Runner;

  beforeEach(async () => {
    folder = await temporaryFolder();
    clock = new ManualClock();
    log = new MemoryLog();
    engine = new ScriptedEngine();
    objects = new MemoryObjects();
    const opened = openSqliteJobs({ dataDir: folder.path, queueLimit: 10, log, now: clock.now });
    queue = opened.queue;
    const handle = img2imgHandler({
      engine,
      objects,
      checkpointOf: ({ model }) =>
        model === 'missing'
          ? Promise.reject(new CheckpointError('missing.safetensors is not installed'))
          : Promise.resolve(`/models/${model}.safetensors`),
      refinerOf: ({ file }) => Promise.resolve(`/models/${file}`),
      adapterOf: (_kind, { file }) => Promise.resolve(`/models/${file}`),
      previewDecoderOf: (model) =>
        Promise.resolve(model === 'sharp' ? '/models/vae_approx/taesd_decoder.safetensors' : undefined),
      // The doubles write down what they were given.
      fitImage: (bytes, { width, height, mode }) =>
        Promise.resolve({ width, height, data: Buffer.from(`${Buffer.from(bytes).toString()} ${mode}`) }),
      encodePng: ({ data }, { request: { prompt }, image: { index, seed } }) =>
        Promise.resolve(Buffer.from(`${data[0] ?? 'none'} ${prompt} ${index} ${seed}`)),
      log,
      now: clock.now,
      pause: () => Promise.resolve(objects.full?.retried()),
    });
    runner = new Runner({
      source: opened.source,
      devices: [{ name: 'cpu', open: () => Promise.resolve(), kill: () => Promise.resolve(), handle }],
      worker: 'w',
      log,
      now: clock.now,
      monotonic: clock.monotonic,
      pause: (milliseconds) => {
        clock.time += milliseconds;
        return Promise.resolve();
      },
    });
    runner.start();
  });

  afterEach(async () => {
    await runner.close();
    await queue.close();
    await folder.remove();
  });

  it('gives the engine the request, with the source fitted to size', async () => {
    const { sha256 } = await objects.put(Buffer.from('source'));
    const source = { sha256, width: 10, height: 20 };
    const asked = request({ source, resizeMode: 'FIT', denoiseStrength: 0.5, batchSize: 2, width: 128 });
    await queue.enqueue(newJob({ request: asked }));
    const { task } = await engine.next();
    expect(task).toEqual({
      checkpoint: '/models/starter.safetensors',
      prompt: asked.prompt,
      negativePrompt: asked.negativePrompt,
      seed: 18446744073709551615n,
      batchSize: 2,
      steps: 4,
      cfg: 8,
      samplerName: 'euler',
      scheduler: 'normal',
      denoise: 0.5,
      width: 128,
      height: 64,
      image: { width: 128, height: 64, data: Buffer.from('source FIT') },
    });
  });

  it('has the engine draw the noise that the request asks for', async () => {
    await queue.enqueue(newJob({ request: request({ noiseDevice: 'GPU' }) }));
    expect((await engine.next()).task.noiseDevice).toBe('GPU');
  });

  it('stores with each variation of a seed the seed of the variation', async () => {
    const variation = { seed: '18446744073709551615', strength: 0.5 };
    const job = await queue.enqueue(newJob({ request: request({ seed: '4', variation, batchSize: 2 }) }));
    const run = await engine.next();
    expect(run.task).toMatchObject({ seed: 4n, variation: { seed: 2n ** 64n - 1n, strength: 0.5 } });
    run.finish([picture(1), picture(2)]);
    const { images } = await ended(queue, job.id);
    expect(images.map(({ seed, variationSeed }) => [seed, variationSeed])).toEqual([
      ['4', variation.seed],
      ['4', '0'],
    ]);
  });

  it('hands the refiner to the engine as the file that it was', async () => {
    const file = { name: 'refiner', file: 'sdxl/refiner.safetensors', sha256: 'ab'.repeat(32) };
    await queue.enqueue(newJob({ request: request({ refiner: { ...file, switchAt: 0.7 } }) }));
    const { task } = await engine.next();
    expect(task.refiner).toEqual({ checkpoint: '/models/sdxl/refiner.safetensors', switchAt: 0.7 });
  });

  it('has steps shown by the decoder that is there, and pictures made by the one that was asked for', async () => {
    const tinyDecoder = { name: 'taesd', file: 'taesd.safetensors', sha256: 'ab'.repeat(32) };
    for (const asked of [{ model: 'sharp' }, { model: 'sharp', tinyDecoder }, { tinyDecoder }])
      await queue.enqueue(newJob({ request: request(asked) }));
    const tasks = [];
    for (let i = 0; i < 3; i++) {
      const { task, finish } = await engine.next();
      tasks.push([task.decoder, task.tinyDecoder]);
      finish([picture(1)]);
    }
    expect(tasks).toEqual([
      [undefined, '/models/vae_approx/taesd_decoder.safetensors'],
      ['TAESD', '/models/taesd.safetensors'],
      ['TAESD', '/models/taesd.safetensors'],
    ]);
  });

  it('hands the sampling options of the request to the engine', async () => {
    const options = { eta: 0.5, cfgInterval: { start: 0.1, end: 0.9 } };
    await queue.enqueue(newJob({ request: request({ options }) }));
    expect((await engine.next()).task.options).toEqual(options);
  });

  it('starts without an image where the request has none', async () => {
    await queue.enqueue(newJob());
    expect((await engine.next()).task.image).toBeNull();
  });

  it('stores every image of a batch under the seed that makes it alone', async () => {
    const job = await queue.enqueue(newJob({ request: request({ batchSize: 3, prompt: 'p' }) }));
    (await engine.next()).finish([picture(7), picture(8), picture(9)]);
    const { images, status } = await ended(queue, job.id);
    expect(status).toBe('SUCCEEDED');
    const files = images.map(({ sha256 }) => objects.stored.get(sha256)!.toString());
    expect(files).toEqual(['7 p 0 18446744073709551615', '8 p 1 0', '9 p 2 1']);
    expect(images.map(({ sha256: _, ...facts }) => facts)).toEqual([
      { index: 0, width: 1, height: 1, seed: '18446744073709551615', byteSize: files[0]!.length },
      { index: 1, width: 1, height: 1, seed: '0', byteSize: files[1]!.length },
      { index: 2, width: 1, height: 1, seed: '1', byteSize: files[2]!.length },
    ]);
  });

  it('tells stages, steps and previews as the engine passes them, and times them', async () => {
    const job = await queue.enqueue(newJob());
    const { onEvent, finish } = await engine.next();
    const watch = await watching(queue, job.id);
    const seen = await read(watch, 1);
    const passes: Parameters<typeof onEvent>[0][] = [
      { type: 'stage', stage: 'LOADING_MODEL', totalSteps: null },
      { type: 'stage', stage: 'ENCODING_PROMPT', totalSteps: null },
      { type: 'stage', stage: 'SAMPLING', totalSteps: 2 },
      { type: 'step', step: 1, totalSteps: 2, sigma: 5, denoised: latent(1) },
      { type: 'step', step: 2, totalSteps: 2, sigma: 2, denoised: latent(2) },
      { type: 'stage', stage: 'DECODING', totalSteps: 2 },
    ];
    for (const event of passes) {
      clock.time += 100;
      onEvent(event);
      if (event.type === 'step' || event.stage !== 'LOADING_MODEL') seen.push(...(await read(watch, 1)));
    }
    clock.time += 100;
    finish([picture(1)]);
    seen.push(...(await readAll(watch)));
    expect(seen.map(({ type, job: { stage, step, totalSteps } }) => [type, stage, step, totalSteps])).toEqual(
      [
        ['stage', 'LOADING_MODEL', 0, 4],
        ['stage', 'ENCODING_PROMPT', 0, 4],
        ['stage', 'SAMPLING', 0, 2],
        ['step', 'SAMPLING', 1, 2],
        ['step', 'SAMPLING', 2, 2],
        ['stage', 'DECODING', 2, 2],
        ['stage', 'STORING', 2, 2],
        ['completed', 'DONE', 2, 2],
      ],
    );
    expect(seen[3]).toMatchObject({ sigma: 5, preview: latent(1), job: { stepTime: 100 } });
    expect(seen[6]).toMatchObject({ preview: latent(2) });
    expect(seen.at(-1)!.job.timings).toEqual({
      WAITING: 0,
      LOADING_MODEL: 200,
      ENCODING_PROMPT: 100,
      SAMPLING: 300,
      DECODING: 100,
      STORING: 0,
    });
  });

  it.each([
    ['a model without a checkpoint', { model: 'missing' }, 'CHECKPOINT_INVALID', 'missing.safetensors'],
    [
      'a source that is gone',
      { source: { sha256: 'cd'.repeat(32), width: 1, height: 1 } },
      'SOURCE_LOST',
      'cdcd',
    ],
  ] as const)('fails a job with %s before the engine is asked', async (_what, changes, code, message) => {
    const job = await queue.enqueue(newJob({ request: request(changes) }));
    const failed = await ended(queue, job.id);
    expect(failed).toMatchObject({ status: 'FAILED', attempts: 1, error: { code } });
    expect(failed.error!.message).toContain(message);
  });

  it('fails a job whose source has other bytes than were stored, before the engine is asked', async () => {
    const { sha256 } = await objects.put(Buffer.from('source'));
    objects.stored.set(sha256, Buffer.from('sour'));
    const job = await queue.enqueue(
      newJob({ request: request({ source: { sha256, width: 1, height: 1 } }) }),
    );
    expect(await ended(queue, job.id)).toMatchObject({
      status: 'FAILED',
      attempts: 1,
      error: {
        code: 'SOURCE_LOST',
        message: `The picture ${sha256} of the request is damaged in the object store.`,
      },
    });
  });

  it('waits for room where the disk is full, and loses no picture', async () => {
    const job = await queue.enqueue(newJob({ request: request({ batchSize: 2 }) }));
    let retries = 0;
    objects.full = {
      retried: () => {
        if (++retries === 3) objects.full = undefined;
      },
    };
    (await engine.next()).finish([picture(1), picture(2)]);
    expect(await ended(queue, job.id)).toMatchObject({ status: 'SUCCEEDED', attempts: 1 });
    expect(objects.stored.size).toBe(2);
    expect(log.facts('error')).toHaveLength(3);
  });

  it('gives up waiting for room when the job is canceled', async () => {
    const job = await queue.enqueue(newJob());
    const other = await queue.enqueue(newJob());
    objects.full = {
      retried: () => {
        objects.full = undefined;
        void queue.cancel(job.id);
      },
    };
    (await engine.next()).finish([picture(1)]);
    expect(await ended(queue, job.id)).toMatchObject({ status: 'CANCELED', images: [] });
    (await engine.next()).finish([picture(2)]);
    expect(await ended(queue, other.id)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('gives the engine a job again when its device failed', async () => {
    const job = await queue.enqueue(newJob());
    (await engine.next()).fail(new DeviceError('the engine process ended'));
    (await engine.next()).finish([picture(1)]);
    expect(await ended(queue, job.id)).toMatchObject({ status: 'SUCCEEDED', attempts: 2 });
  });

  it('makes no pictures of the steps again of a job that has failed with them', async () => {
    const tinyDecoder = { name: 'taesd', file: 'taesd.safetensors', sha256: 'ab'.repeat(32) };
    const shown = async (changes: Partial<Img2ImgSettings>) => {
      const job = await queue.enqueue(newJob({ request: request({ model: 'sharp', ...changes }) }));
      const first = await engine.next();
      first.fail(new DeviceError('out of memory'));
      const second = await engine.next();
      second.finish([picture(1)]);
      await ended(queue, job.id);
      return [first, second].map(({ task }) => task.tinyDecoder !== undefined);
    };
    expect(await shown({})).toEqual([true, false]);
    expect(await shown({ tinyDecoder })).toEqual([true, true]); // its pictures need it
  });

  describe('when it is told to stop', () => {
    const stage = (name: 'SAMPLING' | 'DECODING') => ({ type: 'stage', stage: name, totalSteps: 9 }) as const;
    const step = (n: number) =>
      ({ type: 'step', step: n, totalSteps: 9, sigma: 1, denoised: latent(n) }) as const;

    it('waits for the end of a step where steps are quick', async () => {
      const job = await queue.enqueue(newJob());
      const { onEvent, signal } = await engine.next();
      onEvent(stage('SAMPLING'));
      clock.time += 500;
      onEvent(step(1));
      await queue.cancel(job.id);
      expect(signal.reason).toBe('between steps');
    });

    it.each([
      ['nothing was timed yet', []],
      ['no step was done yet', [stage('SAMPLING')]],
      ['steps are slow', [stage('SAMPLING'), step(1)]],
      ['it is not sampling', [stage('SAMPLING'), step(1), stage('DECODING')]],
    ])('kills the engine process at once where %s', async (_when, passed) => {
      const job = await queue.enqueue(newJob());
      const { onEvent, signal } = await engine.next();
      for (const event of passed) {
        onEvent(event);
        clock.time += 501;
      }
      if (passed.length === 2) onEvent(step(2)); // 501 ms after the first
      await queue.cancel(job.id);
      expect(signal.reason).toBe('now');
    });

    it('kills the engine process at once where that is asked for, however quick the steps are', async () => {
      const job = await queue.enqueue(newJob());
      const { onEvent, signal } = await engine.next();
      onEvent(stage('SAMPLING'));
      onEvent(step(1));
      await queue.cancel(job.id, { immediately: true });
      expect(signal.reason).toBe('now');
    });

    it('stores nothing of a canceled job, though the engine finished it', async () => {
      const job = await queue.enqueue(newJob());
      const { finish } = await engine.next();
      finish([picture(1)]);
      await queue.cancel(job.id);
      const next = await queue.enqueue(newJob());
      (await engine.next()).finish([]);
      await ended(queue, next.id);
      expect(objects.stored.size).toBe(0);
      expect(await queue.get(job.id)).toMatchObject({ status: 'CANCELED', images: [] });
    });

    it('puts the job back when the server stops', async () => {
      const job = await queue.enqueue(newJob());
      const { signal } = await engine.next();
      await runner.close();
      expect(signal.reason).toBe('now');
      expect(await queue.get(job.id)).toEqual({
        ...job,
        history: [expect.objectContaining({ result: 'RETURNED' })],
      });
    });
  });
});
