import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../../src/jobs/job.ts';
import { LatestValues } from '../../src/latest-values.ts';
import type { EngineDevice } from '../../src/resolvers/services.ts';
import { startProbes, type Probes } from '../../src/server/probes.ts';
import type { RunningWorker } from '../../src/services/worker.ts';
import { storedJob } from '../jobs/fixtures.ts';
import { startTestServer } from './fixtures.ts';

const ENGINE: EngineDevice = {
  ...{ name: 'cuda:1', worker: 'w', problem: null, hung: 2, device: 'cuda', reason: '', state: 'IDLE' },
  ...{
    processId: 1,
    residentBytes: 1000,
    card: null,
    memoryBytes: null,
    memoryUsedBytes: null,
    loaded: [],
    lastEventAt: null,
    interruptions: 3,
    precision: 'f32',
    runtimeVersion: '',
  },
};

describe('the probes of a worker', () => {
  let engines: EngineDevice[];
  let problems: string[];
  let isQueueThere: boolean;
  let changes: LatestValues<Job>;
  let probes: Probes;

  beforeEach(async () => {
    [engines, problems, isQueueThere] = [[ENGINE], [], true];
    changes = new LatestValues<Job>(() => undefined);
    const worker: RunningWorker = {
      name: 'w',
      models: ['starter'],
      jobs: {
        changes: () => changes,
        check: () => (isQueueThere ? Promise.resolve() : Promise.reject(new Error('Redis is away'))),
      },
      catalog: { list: () => Promise.resolve([]) },
      devices: () => Promise.resolve(engines),
      state: () => Promise.resolve({ problems, jobStoreErrors: 1, objectStoreErrors: 4 }),
      close: () => Promise.resolve(),
    };
    probes = (await startProbes(worker, { host: '127.0.0.1', workerPort: 0 }))!;
  });
  afterEach(() => probes.close());

  const get = (path: string) => fetch(`${probes.url}${path}`);
  const metrics = async () => (await (await get('/metrics')).text()).split('\n');

  it('say that its process answers, and nothing of other paths', async () => {
    expect(await (await get('/health')).json()).toEqual({ status: 'ok' });
    expect((await get('/graphql')).status).toBe(404);
  });

  it('say whether it takes jobs, with the reason if not', async () => {
    const ready = await get('/ready?verbose');
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
    problems = ['cuda:1: no driver'];
    const broken = await get('/ready');
    expect([broken.status, await broken.json()]).toEqual([503, { status: 'not ready', problems }]);
    isQueueThere = false;
    const away = await get('/ready');
    expect([away.status, await away.json()]).toMatchObject([503, { problems: ['Redis is away'] }]);
  });

  it('tell Prometheus about its engines by the names of their devices, and about its stores', async () => {
    const labels = '{worker="w",device="cuda:1",provider="cuda"}';
    const lines = [
      `latentql_engine_up${labels} 1`,
      `latentql_engine_interruptions_total${labels} 3`,
      `latentql_engine_hung_total${labels} 2`,
      'latentql_store_errors_total{store="jobs"} 1',
      'latentql_store_errors_total{store="objects"} 4',
    ];
    expect(await metrics()).toEqual(expect.arrayContaining(lines));
    engines = [{ ...ENGINE, name: 'cuda:0', interruptions: 0 }, ENGINE];
    expect(await metrics()).toEqual(expect.arrayContaining(lines));
  });

  it('count the jobs that end in this worker, and no others', async () => {
    const attempt = {
      device: 'cuda:1',
      startedAt: 1,
      endedAt: 2,
      result: 'SUCCEEDED',
      reason: null,
    } as const;
    const end = (worker: string, id: string): Job =>
      storedJob({ id, status: 'SUCCEEDED', finishedAt: 2, history: [{ worker, ...attempt }] });
    changes.push(end('w', 'a'));
    changes.push(end('another', 'b'));
    await vi.waitFor(async () => {
      expect(await metrics()).toContain('latentql_jobs_total{status="SUCCEEDED",code="",model="starter"} 1');
    });
  });
});

describe('an API process', () => {
  const state = (workers: number) => () =>
    Promise.resolve({ problems: [], workers, jobStoreErrors: 0, objectStoreErrors: 0, retentionLag: 0 });

  it.each([
    [0, { warnings: ['no worker takes jobs: accepted jobs wait until one does'] }],
    [2, {}],
  ])('with %i workers says so when it is ready, and tells Prometheus', async (workers, said) => {
    const server = await startTestServer({}, { state: state(workers) });
    const ready = await fetch(`${server.url}/ready`);
    const counts = { status: 'ready', waiting: 0, running: 0, workers };
    expect([ready.status, await ready.json()]).toEqual([200, { ...counts, ...said }]);
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text.split('\n')).toContain(`latentql_workers ${workers}`);
    await server.close();
  });
});
