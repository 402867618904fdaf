import { describe, expect, it } from 'vitest';
import { Estimator, type ServingDevice } from '../../src/jobs/eta.ts';
import type { Job } from '../../src/jobs/job.ts';
import { acceptedJob, started, succeeded } from '../../src/jobs/lifecycle.ts';
import type { WaitingJob } from '../../src/jobs/queue.ts';
import type { Img2ImgSettings } from '../../src/jobs/request.ts';
import { newJob, request } from './fixtures.ts';

const START = Date.UTC(2026, 0, 1);

/** A queue that holds what the test says. */
class FixedQueue {
  finished: Job[] = [];
  running: Job[] = [];
  queued: Job[] = [];
  listed = 0;
  readonly #push: ((job: Job) => void)[] = [];

  list({ status }: { status?: readonly string[] }): Promise<Job[]> {
    this.listed++;
    return Promise.resolve(status?.includes('RUNNING') ? this.running : this.finished.toReversed());
  }

  waiting(): Promise<ReadonlyMap<string, readonly WaitingJob[]>> {
    const models = new Set(this.queued.map((job) => job.request.model));
    return Promise.resolve(
      new Map([...models].map((model) => [model, this.queued.filter((job) => job.request.model === model)])),
    );
  }

  async *changes(): AsyncIterableIterator<Job> {
    for (;;) yield await new Promise<Job>((resolve) => this.#push.push(resolve));
  }

  tell(job: Job): void {
    this.#push.shift()!(job);
  }
}

let number = 0;
const queued = (changes: Partial<Img2ImgSettings> = {}): Job =>
  acceptedJob(
    String(++number).padStart(6, '0'),
    newJob({ request: request({ steps: 10, ...changes }) }),
    START,
  );
const running = (worker = 'w', changes: Partial<Img2ImgSettings> = {}): Job =>
  started(queued(changes), { worker, device: 'cpu' }, START);

/** 2 s of loading, a second for each of ten steps, 3 s for the rest. */
const done = (changes: Partial<Img2ImgSettings> = {}): Job => ({
  ...succeeded({ ...running('w', changes), step: 10 }, [], START),
  timings: { WAITING: 5, LOADING_MODEL: 2000, SAMPLING: 10_000, DECODING: 2500, STORING: 500 },
});

const one: ServingDevice[] = [{ worker: 'w', models: ['starter'] }];

function estimator(queue: FixedQueue, devices = one, passed = 0): Estimator {
  return new Estimator({ queue, devices: () => Promise.resolve(devices), now: () => START + passed });
}

describe('an estimate', () => {
  it('is null while no job of the model has been done, and once the job has ended', async () => {
    const queue = new FixedQueue();
    queue.queued = [queued()];
    expect(await estimator(queue).etaSeconds(queue.queued[0]!)).toBeNull();
    expect(await estimator(queue).etaSeconds(running())).toBeNull();
    queue.finished = [done()];
    expect(await estimator(queue).etaSeconds(done())).toBeNull();
  });

  it('of a running job follows its own steps, and counts down between reports', async () => {
    const queue = new FixedQueue();
    queue.finished = [done()];
    const job: Job = {
      ...running(),
      stage: 'SAMPLING',
      step: 4,
      totalSteps: 10,
      stepTime: 500,
      timings: { WAITING: 0, LOADING_MODEL: 1000, SAMPLING: 2000 },
    };
    expect(await estimator(queue, one, 3000).etaSeconds(job)).toBe(6);
    expect(await estimator(queue, one, 3260).etaSeconds(job)).toBe(5.7);
    expect(await estimator(queue, one, 60_000).etaSeconds(job)).toBe(3);
  });

  it('counts the steps of a larger second pass by its pixels', async () => {
    const queue = new FixedQueue();
    queue.finished = [done()];
    const { width, height } = request();
    const upscale = {
      ...{ by: 2, width: 2 * width, height: 2 * height, model: null, method: 'bilinear' as const },
      ...{ denoiseStrength: 0.5, steps: 5 },
    } as const;
    const job: Job = {
      ...running('w', { upscale }),
      stage: 'SAMPLING',
      step: 8,
      totalSteps: 15,
      stepTime: 500,
    };
    const after = 4 * 3; // decoding and storing, likewise
    const left = 2 * 0.5 + 5 * 4 * 0.5 + after;
    expect(await estimator(queue).etaSeconds({ ...job, timings: {} })).toBe(left);
    const second: Job = { ...job, step: 12, stepTime: (10 * 0.5 + 2 * 2) * (1000 / 12) };
    expect(await estimator(queue).etaSeconds({ ...second, timings: {} })).toBeCloseTo(3 * 2 + after, 1);
    queue.queued = [queued({ upscale })];
    expect(await estimator(queue).etaSeconds(queue.queued[0]!)).toBe(2 + 10 + 5 * 4 + after);
    expect(queue.queued[0]!.totalSteps).toBe(15);
  });

  it('of a job before and after its steps is what others of its model took, less what has passed', async () => {
    const queue = new FixedQueue();
    queue.finished = [done()];
    expect(await estimator(queue, one, 500).etaSeconds({ ...running(), totalSteps: 10 })).toBe(14.5);
    const decoding: Job = {
      ...running(),
      stage: 'DECODING',
      step: 10,
      stepTime: 1000,
      timings: { WAITING: 0, SAMPLING: 10_000, DECODING: 1000 },
    };
    expect(await estimator(queue, one, 11_000).etaSeconds(decoding)).toBe(2);
  });

  it('of a waiting job adds the work ahead, shared by the devices that take its model', async () => {
    const queue = new FixedQueue();
    queue.finished = [done()];
    queue.running = [running()];
    queue.queued = [queued(), queued(), queued()];
    const etas = async (devices: ServingDevice[]) => {
      const subject = estimator(queue, devices);
      return Promise.all(queue.queued.map((job) => subject.etaSeconds(job)));
    };
    expect(await etas(one)).toEqual([30, 45, 60]);
    expect(await etas([...one, { worker: 'x', models: ['starter'] }])).toEqual([22.5, 30, 37.5]);
    expect(await etas([{ worker: 'x', models: ['other'] }])).toEqual([null, null, null]);
  });

  it('counts more urgent and older jobs of other models that share its devices', async () => {
    const queue = new FixedQueue();
    queue.finished = [done(), done({ model: 'other' })];
    const [older, job, younger] = [queued({ model: 'other' }), queued(), queued({ model: 'other' })];
    queue.queued = [older, job, younger];
    const both = [{ worker: 'w', models: ['starter', 'other'] }];
    expect(await estimator(queue, both).etaSeconds(job)).toBe(30);
    queue.queued = [older, job, { ...younger, priority: 1 }];
    expect(await estimator(queue, both).etaSeconds(job)).toBe(45);
    expect(await estimator(queue, [...one, { worker: 'x', models: ['other'] }]).etaSeconds(job)).toBe(15);
  });

  it('learns of each decoder what comes after the steps, and takes the other where it knows no better', async () => {
    const tinyDecoder = { name: 'taesd', file: 'vae_approx/taesd.safetensors', sha256: 'ab' };
    const queue = new FixedQueue();
    const quick = done({ tinyDecoder });
    const eta = (changes: Partial<Img2ImgSettings>) => {
      queue.queued = [queued(changes)];
      return estimator(queue).etaSeconds(queue.queued[0]!);
    };
    queue.finished = [done()];
    expect(await eta({ tinyDecoder })).toBe(15);
    queue.finished = [done(), { ...quick, timings: { ...quick.timings, DECODING: 500 } }];
    expect(await eta({ tinyDecoder })).toBe(13);
    expect(await eta({})).toBe(15);
  });

  it('scales with the pixels, the batch, the steps, the guidance and the sampler', async () => {
    const queue = new FixedQueue();
    queue.finished = [done()];
    const eta = async (changes: Partial<Img2ImgSettings>) => {
      queue.queued = [queued(changes)];
      return estimator(queue).etaSeconds(queue.queued[0]!);
    };
    expect(await eta({ steps: 20 })).toBe(25);
    expect(await eta({ width: 128 })).toBe(30);
    expect(await eta({ batchSize: 2 })).toBe(28);
    expect(await eta({ cfg: 1 })).toBe(10);
    expect(await eta({ samplerName: 'heun' })).toBe(25);
    expect(await eta({ promptStyle: 'A1111', prompt: 'a AND b AND c' })).toBe(25);
    expect(await eta({ prompt: 'a AND b AND c' })).toBe(15);
    expect(await eta({ samplerName: 'of_a_newer_version' as 'euler' })).toBe(15);
    const control = { strength: 1, start: 0, end: 1, how: { preprocessor: 'NONE' }, image: null } as const;
    const file = { name: 'c', file: 'c.safetensors', sha256: 'ab' };
    const net = { ...control, ...file, kind: 'CONTROLNET' } as const;
    expect(await eta({ controls: [net] })).toBe(19);
    expect(await eta({ controls: [net, { ...net, end: 0.5 }] })).toBe(21);
    expect(
      await eta({
        controls: [
          { ...net, strength: 0 },
          { ...net, kind: 'T2I_ADAPTER' },
        ],
      }),
    ).toBe(15);
    expect(await eta({ options: { deepCache: { interval: 1, depth: 0 }, tokenMerging: 0 } })).toBe(15);
    expect(await eta({ options: { deepCache: { interval: 2, depth: 0 } } })).toBe(10.4);
    expect(await eta({ options: { tokenMerging: 0.5 } })).toBe(14);
    expect(await eta({ options: { quality: 'FAST' } })).toBe(10.7);
  });

  it('counts guidance only on the part of the way on which it is applied', async () => {
    const queue = new FixedQueue();
    queue.finished = [done({ cfg: 8 })];
    const seconds = async (changes: Partial<Img2ImgSettings>) => {
      queue.queued = [queued({ cfg: 8, ...changes })];
      return await estimator(queue).etaSeconds(queue.queued[0]!);
    };
    expect(await seconds({ options: { cfgInterval: { start: 0.2, end: 0.6 } } })).toBe(2 + 7 + 3);
    expect(await seconds({ options: { cfgInterval: { start: 0, end: 1 } } })).toBe(2 + 10 + 3);
    expect(await seconds({ cfg: 1, options: { cfgInterval: { start: 0.2, end: 0.6 } } })).toBe(2 + 5 + 3);
  });

  it('learns of each refiner and of each upscaler, and takes another where it knows no better', async () => {
    const queue = new FixedQueue();
    const file = { name: 'late', file: 'late.safetensors', sha256: 'ab'.repeat(32) };
    const refiner = { ...file, switchAt: 0.8 };
    const slow = done({ refiner });
    queue.finished = [{ ...slow, timings: { ...slow.timings, SAMPLING: 20_000 } }, done()];
    const { width, height } = request();
    const sizes = { by: 2, width: 2 * width, height: 2 * height, denoiseStrength: 0, steps: 10 };
    const upscale = { ...sizes, model: file, method: 'nearest-exact' } as const;
    const enlarged = done({ upscale });
    const timings = { ...enlarged.timings, UPSCALING: 9000 };
    const seconds = async (changes: Partial<Img2ImgSettings>) => {
      queue.queued = [queued(changes)];
      return await estimator(queue).etaSeconds(queue.queued[0]!);
    };
    expect(await seconds({})).toBe(2 + 10 + 3);
    expect(await seconds({ refiner })).toBe(2 + 20 + 3);
    expect(await seconds({ upscale })).toBe(2 + 10 + 4 * 3);
    queue.finished.push({ ...enlarged, timings });
    expect(await seconds({ upscale })).toBe(2 + 10 + 3 + 9);
    expect(await seconds({})).toBe(2 + 10 + 3);
  });

  it('learns from the jobs that end while it watches, and prefers those of the same kind', async () => {
    const queue = new FixedQueue();
    const job = (queue.queued = [queued({ width: 128 })])[0]!;
    const subject = estimator(queue);
    expect(await subject.etaSeconds(job)).toBeNull();
    queue.tell(done());
    await Promise.resolve();
    expect(await subject.etaSeconds(job)).toBe(30);
    await new Promise(setImmediate);
    queue.tell({ ...done({ width: 128 }), timings: { SAMPLING: 5000 } });
    await new Promise(setImmediate);
    expect(await subject.etaSeconds(job)).toBe(5);
  });

  it('waits for the time before which a failed job does not start', async () => {
    const queue = new FixedQueue();
    queue.finished = [done()];
    queue.queued = [{ ...queued(), notBefore: START + 5000 }];
    expect(await estimator(queue).etaSeconds(queue.queued[0]!)).toBe(20);
  });

  it('tells a full queue when the first running job ends, in whole seconds', async () => {
    const queue = new FixedQueue();
    expect(await estimator(queue).secondsUntilRoom()).toBeUndefined();
    queue.finished = [done()];
    queue.running = [running(), running('x')];
    expect(await estimator(queue, one, 14_800).secondsUntilRoom()).toBe(13);
    expect(await estimator(queue).secondsUntilRoom()).toBe(15);
  });
});
