import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  CancelJobDocument,
  ClusterDocument,
  Img2ImgDocument,
  JobDocument,
  JobHistoryDocument,
  ModelFilesDocument,
  ModelValuesDocument,
  ProgressDocument,
  ServerDocument,
  UnloadModelsDocument,
} from '../client/generated/graphql.ts';
import { ask, connect, subscribe, upload } from '../client/request.ts';
import {
  startServerProcess,
  startWorkerProcess,
  type ServerProcess,
  type WorkerProcess,
} from '../server-process.ts';
import { RedisServer } from './redis-server.ts';

const EXAMPLE = join(import.meta.dirname, '../../assets/example.png');

// Each test starts several processes: minutes on a busy machine.
describe('a cluster of processes, with the bundled model', { timeout: 240_000 }, () => {
  let folder: string;
  let redis: RedisServer;
  const running: (ServerProcess | WorkerProcess)[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-cluster-'));
    redis = await RedisServer.start();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((process) => process.end('SIGKILL')));
    await redis.stop();
    await rm(folder, { recursive: true });
  });

  const settings = () => ({
    QUEUE_URL: redis.url,
    STORAGE_URL: join(folder, 'objects'),
    DATA_DIR: join(folder, 'data'),
    MODELS_DIR: join(folder, 'models'),
  });
  const started = <P extends ServerProcess | WorkerProcess>(process: P): P => {
    running.push(process);
    return process;
  };
  const startServer = async () => started(await startServerProcess(settings()));
  const startWorker = async (DEVICE = 'cpu') => started(await startWorkerProcess({ ...settings(), DEVICE }));

  async function submit(url: string, changes: Record<string, unknown> = {}): Promise<string> {
    const image = new Blob([await readFile(EXAMPLE)], { type: 'image/png' });
    const input = { model: 'starter', width: 128, height: 128, steps: 8, cfg: 4, ...changes };
    const { data } = await upload(url, Img2ImgDocument, { input: { ...input, image } });
    expect(data?.img2img.userErrors).toEqual([]);
    return data!.img2img.job!.id;
  }

  /** Watches a job until `done` says so, or to its end. */
  async function watch(url: string, jobId: string, done: (type: string) => boolean = () => false) {
    const client = connect(url);
    const seen: string[] = [];
    for await (const { data } of subscribe(client, ProgressDocument, { jobId })) {
      const type = data!.img2imgProgress.__typename;
      seen.push(type);
      if (done(type)) break;
    }
    await client.dispose();
    return seen;
  }
  const isStep = (type: string) => type === 'Img2ImgStep';

  it('takes a job at one server, works on it elsewhere, and shows it at another server', async () => {
    const [a, b] = [await startServer(), await startServer()];
    const before = await ask(a.url, ClusterDocument, {});
    expect(before.models.find(({ name }) => name === 'starter')).toMatchObject({
      installed: false,
      problem: null,
      missingFiles: ['assets/models/starter.safetensors'],
    });
    const worker = await startWorker();
    const jobId = await submit(a.url, { steps: 8 });
    const seen = await watch(b.url, jobId);
    expect(seen.filter(isStep).length).toBeGreaterThanOrEqual(1);
    expect(seen.at(-1)).toBe('Img2ImgCompleted');
    const { job } = await ask(b.url, JobDocument, { id: jobId });
    expect([job?.status, job?.step, job?.attempts]).toEqual(['SUCCEEDED', 8, 1]);
    const png = Buffer.from(await (await fetch(job!.images[0]!.url)).arrayBuffer());
    expect(png.includes('Steps: 8')).toBe(true);

    const { models, engine } = await ask(b.url, ClusterDocument, {});
    expect(models.find(({ name }) => name === 'starter')).toEqual({
      name: 'starter',
      installed: true,
      missingFiles: [],
      problem: null,
      workers: [worker.name],
    });
    expect(engine).toEqual({
      devices: [{ worker: worker.name, provider: 'cpu', problem: null }],
      waiting: 0,
      running: 0,
    });
  });

  it('takes up a model that a worker has found, and unloads what workers have loaded', async () => {
    const server = await startServer();
    await startWorker();
    const values = async () =>
      (await ask(server.url, ModelValuesDocument, {})).__type!.enumValues!.map(({ name }) => name);
    expect(await values()).not.toContain('mix');
    await mkdir(join(folder, 'models'), { recursive: true });
    for (const ending of ['json', 'safetensors'])
      await copyFile(
        join(import.meta.dirname, `../../assets/models/starter.${ending}`),
        join(folder, `models/mix.${ending}`),
      );
    await vi.waitFor(async () => {
      expect(await values()).toContain('mix');
    }, 60_000);
    const jobId = await submit(server.url, { model: 'mix' });
    expect((await watch(server.url, jobId)).at(-1)).toBe('Img2ImgCompleted');
    const hash = async () =>
      (await ask(server.url, ModelFilesDocument, {})).models.find(({ name }) => name === ('mix' as never))!
        .hash;
    await vi.waitFor(async () => {
      expect(await hash()).toMatch(/^[0-9a-f]{64}$/);
    }, 60_000);
    const loaded = async () =>
      (await ask(server.url, ServerDocument, {})).engine.devices.flatMap((device) => device.loaded);
    await vi.waitFor(async () => {
      expect(await loaded()).toEqual(['mix']);
    }, 30_000);
    await ask(server.url, UnloadModelsDocument, {});
    await vi.waitFor(async () => {
      expect(await loaded()).toEqual([]);
    }, 30_000);
    await rm(join(folder, 'models/mix.safetensors'));
    await vi.waitFor(async () => {
      const { models } = await ask(server.url, ClusterDocument, {});
      expect(models.find(({ name }) => name === ('mix' as never))).toMatchObject({ workers: [] });
    }, 60_000);
    const later = await startServer(); // the name is kept
    const kept = (await ask(later.url, ModelValuesDocument, {})).__type!.enumValues!;
    expect(kept.map(({ name }) => name)).toContain('mix');
  });

  it('runs a job again elsewhere when its worker is killed, within seconds', async () => {
    const server = await startServer();
    const first = await startWorker();
    const jobId = await submit(server.url, { steps: 100, width: 256, height: 256 });
    await watch(server.url, jobId, isStep);
    const second = await startWorker();
    await first.end('SIGKILL');
    const killed = Date.now();
    const seen: string[] = [];
    await watch(server.url, jobId, (type) => {
      seen.push(type);
      return seen.includes('Img2ImgQueued') && isStep(type);
    });
    expect(Date.now() - killed).toBeLessThan(15_000);
    const { engine } = await ask(server.url, ClusterDocument, {});
    expect(engine.devices.map(({ worker }) => worker)).toContain(second.name);
    const { cancelJob } = await ask(server.url, CancelJobDocument, { id: jobId });
    expect(cancelJob.job?.status).toBe('CANCELED');
  });

  it('works on two devices at once, and cancels in either', async () => {
    const server = await startServer();
    const worker = await startWorker('cpu,cpu');
    const jobs = [
      await submit(server.url, { steps: 150 }),
      await submit(server.url, { steps: 150, seed: 1 }),
    ];
    await Promise.all(jobs.map((id) => watch(server.url, id, isStep)));
    const { engine } = await ask(server.url, ClusterDocument, {});
    expect(engine.running).toBe(2);
    expect(engine.devices.map((device) => device.worker)).toEqual([worker.name, worker.name]);
    for (const id of jobs) await ask(server.url, CancelJobDocument, { id });
    for (const id of jobs) expect(await watch(server.url, id)).toEqual(['Img2ImgCanceled']);
    const after = await submit(server.url, { steps: 2 });
    expect((await watch(server.url, after)).at(-1)).toBe('Img2ImgCompleted');
  });

  it('puts its job back when a worker is asked to end, and another one finishes it', async () => {
    const server = await startServer();
    const first = started(await startWorkerProcess({ ...settings(), DRAIN_TIMEOUT: '0' }));
    const jobId = await submit(server.url, { steps: 60 });
    await watch(server.url, jobId, isStep);
    expect(await first.end('SIGTERM')).toBe(0);
    const { job } = await ask(server.url, JobDocument, { id: jobId });
    expect([job?.status, job?.attempts]).toEqual(['QUEUED', 0]);
    await startWorker();
    expect((await watch(server.url, jobId)).at(-1)).toBe('Img2ImgCompleted');
  });

  it('loses no job to a worker whose only device does not open: it ends with the reason', async () => {
    const server = await startServer();
    await startWorker();
    const jobs = await Promise.all([1, 2, 3].map((seed) => submit(server.url, { steps: 2, seed })));
    await expect(startWorkerProcess({ ...settings(), DEVICE: 'coreml' })).rejects.toThrow(
      /exit code 1: [^]*DEVICE: coreml does not open/,
    );
    for (const id of jobs) expect((await watch(server.url, id)).at(-1)).toBe('Img2ImgCompleted');
    for (const id of jobs) {
      const { job } = await ask(server.url, JobHistoryDocument, { id });
      expect(job).toMatchObject({ status: 'SUCCEEDED', attempts: 1 });
    }
  });

  it('leaves every job to the device of a worker that opens, and shows why the other does not', async () => {
    const server = await startServer();
    const worker = started(await startWorkerProcess({ ...settings(), DEVICE: 'coreml,cpu' }));
    const jobs = await Promise.all([1, 2, 3, 4].map((seed) => submit(server.url, { steps: 2, seed })));
    for (const id of jobs) expect((await watch(server.url, id)).at(-1)).toBe('Img2ImgCompleted');
    for (const id of jobs) {
      const { job } = await ask(server.url, JobHistoryDocument, { id });
      expect(job).toMatchObject({
        status: 'SUCCEEDED',
        attempts: 1,
        attemptHistory: [{ worker: worker.name, device: 'cpu', result: 'SUCCEEDED' }],
      });
    }
    const { engine } = await ask(server.url, ClusterDocument, {});
    expect(engine.devices.map(({ problem }) => problem)).toEqual([
      expect.stringMatching(/coreml/i) as string,
      null,
    ]);
  });

  it('says that no worker takes jobs, and a worker tells probes how it is', async () => {
    const server = await startServer();
    const ready = async () => (await (await fetch(`${server.url}/ready`)).json()) as object;
    expect(await ready()).toMatchObject({
      status: 'ready',
      workers: 0,
      warnings: [expect.stringMatching(/no worker/)],
    });
    const worker = started(await startWorkerProcess({ ...settings(), WORKER_PORT: '0', LOG_LEVEL: 'info' }));
    const url = await vi.waitFor(() => {
      const line = worker.log.find((text) => text.includes('worker answers probes'));
      return (JSON.parse(line!) as { url: string }).url;
    });
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    await watch(server.url, await submit(server.url, { steps: 1 }));
    await vi.waitFor(async () => {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toContain('latentql_jobs_total{status="SUCCEEDED",code="",model="starter"} 1');
      expect(metrics).toMatch(/latentql_engine_up\{worker="[^"]+",device="cpu",provider="cpu"\} 1/);
    });
    expect(await ready()).toMatchObject({ status: 'ready', workers: 1 });
  });

  it('says what is missing or wrong in its settings', async () => {
    await expect(startWorkerProcess({ ...settings(), QUEUE_URL: '' })).rejects.toThrow(/QUEUE_URL: expected/);
    await expect(startServerProcess({ ...settings(), STORAGE_URL: '' })).rejects.toThrow(/STORAGE_URL: with/);
    await expect(startServerProcess({ ...settings(), QUEUE_URL: 'redis://127.0.0.1:1' })).rejects.toThrow(
      /QUEUE_URL: Redis at redis:\/\/127\.0\.0\.1:1 cannot be used/,
    );
  });
});
