import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { readConfig } from '../src/config.ts';
import { ENGINE_STAGES } from '../src/engine/index.ts';
import type { Job } from '../src/jobs/job.ts';
import type { JobQueue } from '../src/jobs/queue.ts';
import { startServer } from '../src/server/server.ts';
import { openServices } from '../src/services/index.ts';
import { newJob } from './new-job.ts';
import { startWatcher } from './watcher.ts';

/**
 * Measures the overhead of the server: previews on against previews off, a job's time outside the engine
 * process, and the API event loop's delay while a job samples.
 * `npm run bench -- server [--model starter] [--size 512] [--steps 8] [--rounds 5]`
 */
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'starter' },
    size: { type: 'string', default: '512' },
    steps: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '5' },
  },
});
const rounds = Number(values.rounds);

const dataDir = await mkdtemp(join(tmpdir(), 'latentql-bench-'));
const config = readConfig({ ...process.env, PORT: '0', DATA_DIR: dataDir });
const log = pino({ level: 'silent' });
const services = await openServices(config, log);
const server = await startServer({ services, log });
const watcher = await startWatcher(server.url);
try {
  for (const watched of ['none', 'previews'] as const) await runJob(0, watched); // load the model and the code
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const jobs: Record<'none' | 'previews', Job[]> = { none: [], previews: [] };
  for (let round = 1; round <= rounds; round++) {
    jobs.none.push(await runJob(round, 'none'));
    jobs.previews.push(await runJob(round, 'previews'));
  }
  delay.disable();

  const sampling = (job: Job) => job.timings.SAMPLING ?? NaN;
  const on = median(jobs.previews.map(sampling));
  const off = median(jobs.none.map(sampling));
  console.log(
    JSON.stringify({
      ...{ previewsOnOff: on / off, samplingMilliseconds: off },
      outsideEngineMilliseconds: median(jobs.none.map(outsideEngine)),
      eventLoopP99Milliseconds: (delay.percentile(99) - 5e6) / 1e6,
    }),
  );
} finally {
  await watcher.close();
  await server.close();
  await services.close();
  await rm(dataDir, { recursive: true });
}

/** Runs a job to its end, with or without a client in another process that watches every preview. */
async function runJob(seed: number, watched: 'none' | 'previews'): Promise<Job> {
  const job = await services.jobs.enqueue(
    newJob({
      model: values.model,
      side: Number(values.size),
      steps: Number(values.steps),
      seed: String(seed),
    }),
  );
  if (watched === 'previews') await watcher.watch(`Job:${job.id}`);
  else await endOf(services.jobs, job.id);
  const ended = await services.jobs.get(job.id);
  if (typeof ended === 'string' || ended.status !== 'SUCCEEDED') throw new Error(JSON.stringify(ended));
  return ended;
}

async function endOf(jobs: JobQueue, id: string): Promise<void> {
  const events = await jobs.watch(id);
  if (typeof events === 'string') throw new Error(`job ${id} is ${events}`);
  for await (const event of events) if (event.type === 'failed') break;
}

/** Milliseconds from acceptance to the end that are not part of any engine stage. */
function outsideEngine({ createdAt, finishedAt, timings }: Job): number {
  const inside = ENGINE_STAGES.reduce((sum, stage) => sum + (timings[stage] ?? 0), 0);
  return (finishedAt ?? NaN) - createdAt - inside;
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1]!;
}
