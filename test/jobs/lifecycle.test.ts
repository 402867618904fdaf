import { describe, expect, it } from 'vitest';
import { CanceledError, CheckpointError, DeviceError } from '../../src/engine/index.ts';
import { InputError } from '../../src/input-error.ts';
import { type JobAttempt, type Job, RECORD_FORMAT } from '../../src/jobs/job.ts';
import {
  acceptedJob,
  afterFailure,
  canceled,
  failureOf,
  interrupted,
  queueFull,
  returned,
  sameRequest,
  SourceLostError,
  started,
  StopRequest,
  succeeded,
  whyNotRunnable,
  withPriority,
} from '../../src/jobs/lifecycle.ts';
import { StorageUnavailableError } from '../../src/storage/object-store.ts';
import { jobImage, newJob, request, textToImage } from './fixtures.ts';

const ID = '019b77e6-9c00-7000-8000-000000000000';
const worker = { worker: 'w', device: 'cuda:0' };

/** Accepted at 1000. */
const waiting: Job = {
  format: RECORD_FORMAT,
  id: ID,
  owner: 'ab',
  status: 'QUEUED',
  stage: 'WAITING',
  step: 0,
  totalSteps: 4,
  stepTime: null,
  request: request(),
  images: [],
  error: null,
  warnings: [textToImage],
  priority: 7,
  queuePosition: null,
  attempts: 0,
  history: [],
  notBefore: null,
  createdAt: 1000,
  startedAt: null,
  finishedAt: null,
  timings: {},
};

const attempt: JobAttempt = { ...worker, startedAt: 1200, endedAt: null, result: null, reason: null };

/** Started at 1200. */
const running: Job = {
  ...waiting,
  status: 'RUNNING',
  stage: 'LOADING_MODEL',
  attempts: 1,
  history: [attempt],
  startedAt: 1200,
  timings: { WAITING: 200 },
};

/** With progress, as a worker hands it back. */
const sampling: Job = {
  ...running,
  stage: 'SAMPLING',
  step: 2,
  totalSteps: 3,
  stepTime: 50,
  timings: { WAITING: 200, LOADING_MODEL: 10, SAMPLING: 100 },
};

const ended = (changes: Partial<JobAttempt>): JobAttempt => ({ ...attempt, endedAt: 1500, ...changes });

/** What a job becomes that waits again after the attempt. */
const again = (last: JobAttempt, changes: Partial<Job>): Job => ({ ...waiting, history: [last], ...changes });

describe('the life of a job', () => {
  it('begins with all that was asked for', () => {
    const asked = newJob({
      owner: 'ab',
      priority: 7,
      warnings: [textToImage],
      idempotencyKey: 'not of the record',
    });
    expect(acceptedJob(ID, asked, 1000)).toEqual(waiting);
  });

  it('starts as a new attempt, behind those before', () => {
    const position = { queuePosition: 3, notBefore: 1100 };
    expect(started({ ...waiting, ...position }, worker, 1200)).toEqual(running);
    const before = ended({ result: 'FAILED', reason: 'lost' });
    expect(started({ ...waiting, attempts: 1, history: [before] }, worker, 1600)).toEqual({
      ...running,
      attempts: 2,
      history: [before, { ...attempt, startedAt: 1600 }],
      startedAt: 1600,
      timings: { WAITING: 600 },
    });
  });

  it('ends with images', () => {
    const images = [jobImage(), jobImage({ index: 1 })];
    expect(succeeded(sampling, images, 1500)).toEqual({
      ...sampling,
      status: 'SUCCEEDED',
      stage: 'DONE',
      images,
      history: [ended({ result: 'SUCCEEDED' })],
      finishedAt: 1500,
    });
  });

  it('ends by being canceled, waiting or running, in the stage it keeps', () => {
    const delayed = { ...waiting, queuePosition: 2, notBefore: 2000 };
    expect(canceled(delayed, 1500)).toEqual({ ...waiting, status: 'CANCELED', finishedAt: 1500 });
    expect(canceled(sampling, 1500)).toEqual({
      ...sampling,
      status: 'CANCELED',
      history: [ended({ result: 'CANCELED' })],
      finishedAt: 1500,
    });
    const before = [ended({ result: 'FAILED', reason: 'lost' })];
    expect(canceled({ ...waiting, history: before }, 1600).history).toEqual(before);
  });

  it('goes on waiting with another priority', () => {
    expect(withPriority(waiting, -3)).toEqual({ ...waiting, priority: -3 });
  });

  it('waits again at once when its worker was stopped, and the attempt does not count', () => {
    const last = ended({ result: 'RETURNED', reason: 'the worker was stopped' });
    expect(returned(sampling, 1500)).toEqual(again(last, { attempts: 0 }));
  });

  it('waits again with backoff when its worker disappeared, and fails after the last attempt', () => {
    const last = ended({ result: 'INTERRUPTED', reason: 'the worker disappeared in the middle of the job' });
    expect(interrupted(sampling, 1500)).toEqual(again(last, { attempts: 1, notBefore: 2500 }));
    expect(interrupted({ ...sampling, attempts: 2 }, 1500)).toEqual(
      again(last, { attempts: 2, notBefore: 6500 }),
    );
    expect(interrupted({ ...sampling, attempts: 3 }, 1500)).toEqual({
      ...sampling,
      status: 'FAILED',
      attempts: 3,
      error: {
        code: 'INTERRUPTED',
        message: 'The server stopped in the middle of this job 3 times; it was not tried again.',
      },
      history: [last],
      finishedAt: 1500,
    });
  });

  it('waits again with backoff after a failure that may pass, and fails after the last attempt', () => {
    const failure = { retry: true, error: { code: 'DEVICE_FAILED', message: 'lost' } } as const;
    const last = ended({ result: 'FAILED', reason: 'lost' });
    expect(afterFailure(sampling, failure, 1500)).toEqual(again(last, { attempts: 1, notBefore: 2500 }));
    expect(afterFailure({ ...sampling, attempts: 2 }, failure, 1500)).toEqual(
      again(last, { attempts: 2, notBefore: 6500 }),
    );
    expect(afterFailure({ ...sampling, attempts: 3 }, failure, 1500)).toEqual({
      ...sampling,
      status: 'FAILED',
      attempts: 3,
      error: { code: 'DEVICE_FAILED', message: 'lost (3 attempts)' },
      history: [last],
      finishedAt: 1500,
    });
  });

  it('fails at once where another attempt cannot succeed', () => {
    const error = { code: 'SOURCE_LOST', message: 'gone' } as const;
    expect(afterFailure(sampling, { retry: false, error }, 1500)).toEqual({
      ...sampling,
      status: 'FAILED',
      error,
      history: [ended({ result: 'FAILED', reason: 'gone' })],
      finishedAt: 1500,
    });
  });

  it('never ends before it started, though the clock was set back', () => {
    expect(started(waiting, worker, 500)).toMatchObject({ startedAt: 1000, timings: { WAITING: 0 } });
    const ends = [
      succeeded(running, [], 500),
      canceled(running, 500),
      interrupted({ ...running, attempts: 3 }, 500),
      afterFailure(running, failureOf(new CheckpointError('bad')), 500),
    ];
    for (const end of ends) {
      expect([end.finishedAt, end.history[0]!.endedAt]).toEqual([1200, 1200]);
    }
    expect(canceled(waiting, 500).finishedAt).toBe(1000);
    expect(returned(running, 500).history[0]!.endedAt).toBe(1200);
  });

  it('carries what a newer version has added through every transition', () => {
    const news = { mood: 'tomorrow' };
    const steps = [
      started({ ...waiting, ...news }, worker, 1200),
      succeeded({ ...running, ...news }, [], 1500),
      canceled({ ...running, ...news }, 1500),
      returned({ ...running, ...news }, 1500),
      interrupted({ ...running, ...news }, 1500),
      withPriority({ ...waiting, ...news }, 1),
    ];
    for (const job of steps) expect(job).toMatchObject(news);
  });
});

describe('a failure', () => {
  it.each([
    [new CheckpointError('bad key'), 'CHECKPOINT_INVALID', false],
    [new SourceLostError('no source'), 'SOURCE_LOST', false],
    [new StorageUnavailableError('S3 is away'), 'STORAGE_FAILED', true],
    [new DeviceError('crashed'), 'DEVICE_FAILED', true],
  ] as const)('is decided by the class of %s', (error, code, retry) => {
    expect(failureOf(error)).toEqual({ retry, error: { code, message: error.message } });
  });

  it.each([new Error('SELECT secret'), 'SELECT secret', undefined])(
    'hides what %s says under an id',
    (error) => {
      const failure = failureOf(error);
      expect(failure).toMatchObject({ retry: false, error: { code: 'INTERNAL' } });
      expect(failure.error.message).not.toContain('secret');
      expect(failure.incident).toMatch(/^[0-9a-f-]{36}$/);
      expect(failure.error.message).toContain(failure.incident);
    },
  );
});

describe('a stop', () => {
  it('is a cancellation that says how fast', () => {
    const stop = new StopRequest('the job was canceled', { immediately: true });
    expect(stop).toBeInstanceOf(CanceledError);
    expect(stop).toMatchObject({ message: 'the job was canceled', immediately: true });
  });
});

describe('an idempotency key', () => {
  it('belongs to the same request, whatever the order of its fields', () => {
    const reversed = Object.fromEntries(Object.entries(request()).toReversed()) as Job['request'];
    expect(sameRequest(waiting, reversed)).toBe(waiting);
  });

  it('belongs to the same request, whatever its files contain by now, but not to one with another source', () => {
    const at = (hash: string, source = 'a') => {
      const file = { name: 'ink', file: 'loras/ink.safetensors', sha256: hash };
      return request({
        modelFiles: [{ name: 'starter.safetensors', content: hash }],
        loras: [{ ...file, strength: 1, textStrength: 1 }],
        refiner: { ...file, switchAt: 0.8, files: [{ name: 'ink', content: hash }] },
        source: { sha256: source, width: 1, height: 1 },
      });
    };
    const known = { ...waiting, request: at('1') };
    expect(sameRequest(known, at('2'))).toBe(known);
    expect(() => sameRequest(known, at('1', 'b'))).toThrow(InputError);
  });

  it('does not belong to another request', () => {
    const other = () => sameRequest(waiting, request({ steps: 5 }));
    expect(other).toThrow(InputError);
    expect(other).toThrow(
      `idempotencyKey belongs to job ${ID} with another request: send the same request, or a new key`,
    );
  });
});

describe('a full queue', () => {
  it('says how many wait and when to try again', () => {
    expect(queueFull(5)).toMatchObject({
      code: 'QUEUE_FULL',
      retryAfter: 10,
      message: 'The queue is full: 5 jobs are waiting. Try again in 10 seconds.',
    });
    expect(queueFull(5, 3)).toMatchObject({ retryAfter: 3 });
    expect(queueFull(1).message).toContain('1 job is waiting');
  });
});

describe('a job of another version', () => {
  it.each([
    [waiting, null],
    [{ ...waiting, format: 99 }, `record format 99, this version runs up to ${RECORD_FORMAT}`],
    [{ ...waiting, request: { ...request(), samplerName: 'new' } }, 'unknown sampler new'],
    [{ ...waiting, request: { ...request(), scheduler: 'new' } }, 'unknown scheduler new'],
    [{ ...waiting, request: { ...request(), resizeMode: 'NEW' } }, 'unknown resize mode NEW'],
    [{ ...waiting, request: { ...request(), noiseDevice: 'GPU' } }, null],
    [{ ...waiting, request: { ...request(), noiseDevice: 'TPU' } }, 'unknown noise device TPU'],
    [{ ...waiting, request: { ...request(), tiling: 'DIAGONAL' } }, 'unknown tiling DIAGONAL'],
  ])('is run where all that it asks for is known (%#)', (job, why) => {
    expect(whyNotRunnable(job as Job)).toBe(why);
  });
});
