import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createClient } from 'graphql-ws';
import { pino } from 'pino';
import WebSocket from 'ws';
import { readConfig } from '../src/config.ts';
import { Estimator } from '../src/jobs/eta.ts';
import { Runner, type JobHandler } from '../src/jobs/runner.ts';
import { openSqliteJobs } from '../src/jobs/sqlite/index.ts';
import { clusterAdapters } from '../src/models/cluster-adapters.ts';
import { InstalledModels } from '../src/models/installed-models.ts';
import { NO_THUMBNAILS } from '../src/models/thumbnails.ts';
import { Conversions } from '../src/resolvers/conversions.ts';
import { Refusals } from '../src/resolvers/refusals.ts';
import { startServer } from '../src/server/server.ts';
import { programVersion } from '../src/start-log.ts';
import { DiskCache } from '../src/storage/disk-cache.ts';
import { FileStore } from '../src/storage/file-store.ts';
import { newJob } from './new-job.ts';

/**
 * Many watchers of one job: the real server sends previews of about 10 KB ten times per second, from a job
 * that only reports progress. The watchers run in another process. `npm run bench -- watchers [--watchers
 * 1000] [--steps 100]`
 */

interface Report {
  /** Milliseconds from each step's publication to its arrival. Both processes use the same clock. */
  readonly latencies: number[];
  /** Mean length of a preview's data: URI in characters. */
  readonly previewSize: number;
}

const QUERY = /* GraphQL */ `
  subscription Watch($jobId: ID!) {
    img2imgProgress(jobId: $jobId) {
      __typename
      at
      ... on Img2ImgStep {
        step
        preview(size: 256) {
          dataUri
        }
      }
    }
  }
`;

if (process.argv[2] === 'client') await watch(process.argv[3]!, process.argv[4]!, Number(process.argv[5]));
else await measure();

async function measure(): Promise<void> {
  const { values } = parseArgs({
    options: { watchers: { type: 'string', default: '1000' }, steps: { type: 'string', default: '100' } },
  });
  const watchers = Number(values.watchers);
  const steps = Number(values.steps);
  const dataDir = await mkdtemp(join(tmpdir(), 'latentql-bench-'));
  const config = readConfig({ PORT: '0', DATA_DIR: dataDir, MODELS_DIR: dataDir });
  const log = pino({ level: 'silent' });
  const { queue: jobs, source } = openSqliteJobs({ dataDir, queueLimit: config.queueLimit, log });
  const models = await InstalledModels.find({
    modelsDir: dataDir,
    packageDir: join(import.meta.dirname, '..'),
  });
  const devices = () => Promise.resolve([]);
  const estimator = new Estimator({ queue: jobs, devices });
  const objects = await FileStore.open(join(dataDir, 'objects'));
  const state = () =>
    Promise.resolve({ problems: [], jobStoreErrors: 0, objectStoreErrors: 0, retentionLag: 0 });
  const server = await startServer({
    services: {
      version: programVersion(),
      config,
      jobs,
      ...clusterAdapters(() => Promise.resolve([])),
      pulls: undefined,
      thumbnails: NO_THUMBNAILS,
      estimator,
      models,
      objects,
      conversions: new Conversions(await DiskCache.open(join(dataDir, 'conversions'), 2 ** 20)),
      refusals: new Refusals(log),
      devices,
      unloadModels: () => Promise.resolve(),
      state,
      removeObjects: () => Promise.resolve(),
    },
    log,
  });

  const job = await jobs.enqueue(newJob({ model: 'starter', side: 512, steps }));
  const child = fork(
    fileURLToPath(import.meta.url),
    ['client', server.url, `Job:${job.id}`, String(watchers)],
    { execArgv: ['--import', 'tsx'], serialization: 'advanced' },
  );
  await once(child, 'message'); // all watchers are connected
  const cpu = process.cpuUsage();
  const start = performance.now();
  const device = {
    name: 'none',
    open: () => Promise.resolve(),
    kill: () => Promise.resolve(),
    handle: reporter(steps),
  };
  const runner = new Runner({ source, devices: [device], worker: 'bench', log });
  runner.start();
  const [report] = (await once(child, 'message')) as [Report];
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);

  const latencies = report.latencies.sort((a, b) => a - b);
  const percentile = (p: number) => latencies[Math.floor(p * (latencies.length - 1))]!;
  console.log(
    JSON.stringify({
      ...{ watchers, steps, arrived: latencies.length, previewBytes: Math.round(report.previewSize) },
      ...{ p50Milliseconds: percentile(0.5), p99Milliseconds: percentile(0.99) },
      serverCores: (user + system) / 1e6 / seconds,
    }),
  );
  await server.close();
  await runner.close();
  await estimator.close();
  await jobs.close();
  await rm(dataDir, { recursive: true });
}

/** A job that reports ten steps per second and produces no image. */
function reporter(steps: number): JobHandler {
  return async (_job, run) => {
    for (let step = 1; step <= steps; step++) {
      const data = Float32Array.from(
        { length: 4 * 64 * 64 },
        (_, i) => Math.sin(i / 7) + Math.random() - 0.5,
      );
      const preview = { family: 'sd15', channels: 4, height: 64, width: 64, data } as const;
      run.report({ stage: 'SAMPLING', step, totalSteps: steps }, { sigma: 1, preview });
      await sleep(100);
    }
    return { images: [] };
  };
}

async function watch(url: string, jobId: string, watchers: number): Promise<void> {
  const latencies: number[] = [];
  let characters = 0;
  let joined = 0;
  const follow = async () => {
    const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const results = client.iterate<{
      img2imgProgress: { __typename: string; at: string; preview: { dataUri: string } };
    }>({
      query: QUERY,
      variables: { jobId },
    });
    for await (const { data } of results) {
      const event = data!.img2imgProgress;
      if (event.__typename === 'Img2ImgQueued' && ++joined === watchers) process.send!('connected');
      if (event.__typename === 'Img2ImgStep') {
        latencies.push(Date.now() - Date.parse(event.at));
        characters += event.preview.dataUri.length;
      }
    }
    await client.dispose();
  };
  await Promise.all(Array.from({ length: watchers }, follow));
  process.send!({ latencies, previewSize: characters / latencies.length } satisfies Report, () => {
    process.disconnect();
  });
}
