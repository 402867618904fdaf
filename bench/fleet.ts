import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { RedisServer } from '../test/redis/redis-server.ts';

/**
 * Compares the throughput of a cluster with an earlier version of the code. Both run alternately, each on a
 * new Redis that syncs every write. Jobs are empty: their engine takes no time.
 * `npm run bench -- fleet --base <commit> [--seconds 5] [--rounds 3] [--fsync always|everysec]`
 */

/** Measurements of one version. */
interface Figures {
  /** Accepted jobs per second, with 32 concurrent requests. */
  readonly accepted: number;
  /** Completed jobs per second, with four workers. */
  readonly ended: number;
  /** CPU time of Redis per completed job in milliseconds. */
  readonly redisTime: number;
}

const ACCEPTING = 32;
const WORKERS = 4;
/** Concurrent jobs per worker. */
const UNDER_WAY = 4;

/** Target ratios to the base for the redesign. */
const TARGETS: readonly {
  readonly what: string;
  readonly of: keyof Figures;
  readonly target: number;
  readonly isMet: (ratio: number, target: number) => boolean;
}[] = [
  {
    what: 'accepted jobs/s, 32 at a time',
    of: 'accepted',
    target: 1.2,
    isMet: (ratio, target) => ratio >= target,
  },
  {
    what: 'empty jobs/s through 4 workers',
    of: 'ended',
    target: 2,
    isMet: (ratio, target) => ratio >= target,
  },
  {
    what: 'Redis processor ms a job',
    of: 'redisTime',
    target: 0.5,
    isMet: (ratio, target) => ratio <= target,
  },
];

const here = join(import.meta.dirname, '..');

const { values } = parseArgs({
  options: {
    base: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    fsync: { type: 'string', default: 'always' },
  },
});
const seconds = Number(values.seconds);

function start(...args: (string | number)[]): ChildProcess {
  return fork(join(import.meta.dirname, 'fleet-child.ts'), args.map(String), {
    execArgv: ['--import', 'tsx'],
    cwd: here,
  });
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const left = once(child, 'exit').then(([code]) => {
    throw new Error(`a process of the bench ended with exit code ${String(code)}`);
  });
  left.catch(() => undefined);
  const [answer] = (await Promise.race([once(child, 'message'), left])) as [unknown];
  return answer;
}

/** CPU seconds used by Redis. */
async function processorTime(redis: Redis): Promise<number> {
  const info = await redis.info('cpu');
  const of = (kind: string) => Number(new RegExp(`^used_cpu_${kind}:(\\S+)`, 'm').exec(info)?.[1]);
  return of('sys') + of('user');
}

/** Runs `work` with a new Redis. */
async function onRedis<T>(work: (server: RedisServer, redis: Redis) => Promise<T>): Promise<T> {
  const server = await RedisServer.start();
  const redis = new Redis(server.url);
  try {
    await redis.config('SET', 'appendfsync', values.fsync);
    return await work(server, redis);
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

async function measure(root: string): Promise<Figures> {
  const accepted = await onRedis(async ({ url }) =>
    Number(await answerOf(start('accept', root, url, seconds, ACCEPTING))),
  );
  return onRedis(async ({ url }, redis) => {
    const workers = Array.from({ length: WORKERS }, (_, i) => start('worker', root, url, `worker-${i}`));
    try {
      await Promise.all(workers.map(answerOf));
      const before = await processorTime(redis);
      const ended = Number(await answerOf(start('submit', root, url, seconds, WORKERS * UNDER_WAY)));
      const redisTime = (1000 * ((await processorTime(redis)) - before)) / ended;
      return { accepted: accepted / seconds, ended: ended / seconds, redisTime };
    } finally {
      const exits = workers.map((worker) => once(worker, 'exit'));
      for (const worker of workers) worker.kill('SIGKILL');
      await Promise.all(exits);
    }
  });
}

/** Checks out a commit, with the same packages, for the duration of `work`. */
async function withCommit(commit: string, work: (root: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'latentql-base-'));
  const root = join(folder, 'base');
  const git = (...args: string[]) => execFileSync('git', ['-C', here, ...args], { stdio: 'pipe' });
  git('worktree', 'add', '--detach', root, commit);
  try {
    await symlink(join(here, 'node_modules'), join(root, 'node_modules'));
    await work(root);
  } finally {
    git('worktree', 'remove', '--force', root);
    await rm(folder, { recursive: true, force: true });
  }
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

async function compare(commit: string): Promise<void> {
  await withCommit(commit, async (base) => {
    const rounds: { base: Figures; here: Figures }[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      // Alternately, and each version first in every other round, because the machine warms up.
      const first = round % 2 === 0 ? await measure(base) : undefined;
      const ours = await measure(here);
      rounds.push({ base: first ?? (await measure(base)), here: ours });
      console.log(`round ${round + 1}:`, JSON.stringify(rounds.at(-1)));
    }
    for (const { what, of, target, isMet } of TARGETS) {
      const [before, now] = (['base', 'here'] as const).map((side) =>
        median(rounds.map((one) => one[side][of])),
      );
      const ratio = median(rounds.map((one) => one.here[of] / one.base[of]));
      const verdict = isMet(ratio, target) ? 'met' : 'MISSED';
      const limit = `target ${of === 'redisTime' ? '≤' : '≥'} ${target}`;
      console.log(
        `${what}: ${before!.toFixed(2)} → ${now!.toFixed(2)}, ratio ${ratio.toFixed(2)} (${limit}: ${verdict})`,
      );
      if (verdict === 'MISSED') process.exitCode = 1;
    }
  });
}

if (values.base === undefined) {
  console.error('usage: npm run bench -- fleet --base <commit> [--seconds 5] [--rounds 3] [--fsync always]');
  process.exitCode = 2;
} else await compare(values.base);
