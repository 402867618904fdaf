import type { ServerResponse } from 'node:http';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { isFinished, type Job, type JobStage } from '../jobs/job.ts';
import type { EngineDevice, Services, StoreErrors } from '../resolvers/services.ts';
import type { RunningWorker } from '../services/worker.ts';
import { sendText } from './responses.ts';

/** The metrics that `/metrics` serves, and how to stop counting. */
export interface Metrics {
  readonly registry: Registry;
  close(): Promise<void>;
}

/** The parts of a job's time and their stages. */
const PARTS = {
  wait: ['WAITING'],
  load: ['LOADING_MODEL'],
  encode: ['ENCODING_PROMPT', 'ENCODING_IMAGE'],
  step: ['SAMPLING'],
  upscale: ['UPSCALING'],
  decode: ['DECODING'],
  store: ['STORING'],
} as const satisfies Record<string, readonly JobStage[]>;

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600];

/**
 * Prometheus metrics of the process and its event loop, the queue, the jobs that end from now on, and the engine processes.
 * Every API process of a cluster counts every job: aggregate them with max, not with sum.
 */
export function createMetrics(services: Services): Metrics {
  const registry = new Registry();
  const changes = services.jobs.changes();
  void count(changes, registry, () => true);
  addQueue(registry, services);
  addEngines(registry, services);
  addStores(registry, services);
  addRetention(registry, services);
  addWorkers(registry, services);
  addRefusals(registry, services);
  return metricsOf(registry, changes);
}

/** Prometheus metrics of a worker: its process, its engines, its calls to the stores, and the jobs that end in it. */
export function createWorkerMetrics(worker: RunningWorker): Metrics {
  const registry = new Registry();
  const changes = worker.jobs.changes();
  void count(changes, registry, ({ history }) => history.at(-1)?.worker === worker.name);
  addEngines(registry, worker);
  addStores(registry, worker);
  return metricsOf(registry, changes);
}

function metricsOf(registry: Registry, changes: AsyncIterableIterator<Job>): Metrics {
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    close: async () => {
      await changes.return?.();
    },
  };
}

/** `/metrics` in the text format of Prometheus. */
export async function serveMetrics(response: ServerResponse, { registry }: Metrics): Promise<void> {
  sendText(response, registry.contentType, await registry.metrics());
}

/** Counts the ended jobs that `isMeant` accepts. */
async function count(
  changes: AsyncIterableIterator<Job>,
  registry: Registry,
  isMeant: (job: Job) => boolean,
): Promise<void> {
  const registers = [registry];
  const jobs = new Counter({
    name: 'latentql_jobs_total',
    help: 'Jobs that have ended, by status, error code and model.',
    labelNames: ['status', 'code', 'model'],
    registers,
  });
  const attempts = new Counter({
    name: 'latentql_attempts_total',
    help: 'Attempts of jobs that have ended, by result.',
    labelNames: ['result'],
    registers,
  });
  const seconds = new Histogram({
    name: 'latentql_job_seconds',
    help: 'Time of jobs that succeeded, by part (step is the mean of one) and model.',
    labelNames: ['part', 'model'],
    buckets: SECONDS,
    registers,
  });
  for await (const job of changes) {
    if (!isFinished(job.status) || !isMeant(job)) continue;
    const { model } = job.request;
    jobs.inc({ status: job.status, code: job.error?.code ?? '', model });
    for (const { result } of job.history) attempts.inc({ result: result ?? '' });
    if (job.status !== 'SUCCEEDED') continue;
    for (const [part, stages] of Object.entries(PARTS)) {
      const time = stages.reduce((sum, stage) => sum + (job.timings[stage] ?? 0), 0) / 1000;
      seconds.observe({ part, model }, part === 'step' ? time / Math.max(1, job.step) : time);
    }
    seconds.observe({ part: 'total', model }, ((job.finishedAt ?? 0) - job.createdAt) / 1000);
  }
}

function addQueue(registry: Registry, { jobs }: Services): void {
  const registers = [registry];
  new Gauge({
    name: 'latentql_jobs',
    help: 'Jobs that have not ended, by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      const { waiting, running } = await jobs.counts();
      this.set({ state: 'waiting' }, waiting);
      this.set({ state: 'running' }, running);
    },
  });
  new Gauge({
    name: 'latentql_queue_oldest_seconds',
    help: 'Age of the oldest waiting job; 0 if none waits.',
    registers,
    async collect() {
      const { oldestWaiting } = await jobs.counts();
      this.set(oldestWaiting === null ? 0 : Math.max(0, Date.now() - oldestWaiting) / 1000);
    },
  });
  new Gauge({
    name: 'latentql_queue_paused',
    help: '1 while the whole queue is paused.',
    registers,
    async collect() {
      this.set((await jobs.paused()).all ? 1 : 0);
    },
  });
  new Gauge({
    name: 'latentql_queue_up',
    help: '1 while the job store (SQLite or Redis) can accept jobs.',
    registers,
    async collect() {
      this.set(
        await jobs.check().then(
          () => 1,
          () => 0,
        ),
      );
    },
  });
}

function addEngines(registry: Registry, { devices }: Pick<Services, 'devices'>): void {
  const add = (
    Metric: typeof Gauge | typeof Counter,
    name: string,
    help: string,
    value: (device: EngineDevice) => number,
  ) =>
    new Metric({
      name,
      help,
      labelNames: ['worker', 'device', 'provider'],
      registers: [registry],
      async collect() {
        this.reset();
        for (const device of await devices()) {
          const labels = { worker: device.worker ?? '', device: device.name, provider: device.device };
          this.inc(labels, value(device));
        }
      },
    });
  add(
    Gauge,
    'latentql_engine_resident_bytes',
    'Resident memory of each engine process; its networks are mapped files.',
    ({ residentBytes }) => residentBytes,
  );
  add(Gauge, 'latentql_engine_up', '1 where the device is open and takes jobs.', ({ problem }) =>
    problem === null ? 1 : 0,
  );
  add(
    Counter,
    'latentql_engine_hung_total',
    'Times that the engine was killed because it hung.',
    ({ hung }) => hung,
  );
  add(
    Counter,
    'latentql_engine_interruptions_total',
    'Times that the engine process ended unexpectedly.',
    ({ interruptions }) => interruptions,
  );
}

function addStores(registry: Registry, { state }: { readonly state: () => Promise<StoreErrors> }): void {
  new Counter({
    name: 'latentql_store_errors_total',
    help: 'Failed calls that were repeated, by store.',
    labelNames: ['store'],
    registers: [registry],
    async collect() {
      const { jobStoreErrors, objectStoreErrors } = await state();
      this.reset();
      this.inc({ store: 'jobs' }, jobStoreErrors);
      this.inc({ store: 'objects' }, objectStoreErrors);
    },
  });
}

function addRetention(registry: Registry, { state }: Pick<Services, 'state'>): void {
  new Gauge({
    name: 'latentql_retention_lag_seconds',
    help: 'How long ago the last retention pass should have been done; 0 if it is on time.',
    registers: [registry],
    async collect() {
      this.set((await state()).retentionLag);
    },
  });
}

function addWorkers(registry: Registry, { state }: Pick<Services, 'state'>): void {
  new Gauge({
    name: 'latentql_workers',
    help: 'Workers of the cluster that take jobs; a server that works itself has none.',
    registers: [registry],
    async collect() {
      this.set((await state()).workers ?? 0);
    },
  });
}

function addRefusals(registry: Registry, { refusals }: Pick<Services, 'refusals'>): void {
  new Counter({
    name: 'latentql_refusals_total',
    help: 'Client errors by code: wrong input, a full queue, no key.',
    labelNames: ['code'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [code, count] of refusals.counts) this.inc({ code }, count);
    },
  });
}
