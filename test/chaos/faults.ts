import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterProcesses, Member } from '../redis/cluster-processes.ts';
import type { RedisServer } from '../redis/redis-server.ts';
import { seeded } from './random.ts';

/** Milliseconds for which a process, and Redis, is stopped. */
const PROCESS_STOP = 7000;
const REDIS_STOP = 6000;

/** Milliseconds for which Redis is away at most when it was killed. */
const REDIS_DOWN = 3000;

/** Milliseconds between two faults: at least, and by how much more at most. */
const PROCESS_PAUSE = [300, 2500] as const;
const REDIS_PAUSE = [3000, 7000] as const;

/** How often each fault was made. */
export interface FaultCounts {
  processKilled: number;
  processStopped: number;
  redisKilled: number;
  redisStopped: number;
}

/** What faults are made in. */
export interface FaultTargets {
  readonly processes: ClusterProcesses;
  readonly redis: RedisServer;
  /** Steps of a job. */
  readonly steps: number;
}

/**
 * Faults of the processes and of Redis, side by side at random moments, for so many milliseconds. The seed determines
 * their kinds and pauses. Everything runs again when it resolves.
 */
export async function makeFaults(
  { processes, redis, steps }: FaultTargets,
  { seed, milliseconds }: { readonly seed: number; readonly milliseconds: number },
): Promise<FaultCounts> {
  const counts: FaultCounts = { processKilled: 0, processStopped: 0, redisKilled: 0, redisStopped: 0 };
  const end = performance.now() + milliseconds;

  async function ofProcess(random: () => number): Promise<void> {
    const all = [...processes.running];
    const member: Member = all[Math.floor(random() * all.length)]!;
    if (random() < 0.7) {
      counts.processKilled++;
      await processes.kill(member);
      await processes.start(member.role, steps);
    } else {
      counts.processStopped++;
      member.process.kill('SIGSTOP');
      await sleep(PROCESS_STOP);
      member.process.kill('SIGCONT');
    }
  }

  async function ofRedis(random: () => number): Promise<void> {
    if (random() < 0.5) {
      counts.redisKilled++;
      await redis.kill();
      await sleep(random() * REDIS_DOWN);
      await redis.resume();
    } else {
      counts.redisStopped++;
      redis.freeze();
      await sleep(REDIS_STOP);
      redis.thaw();
    }
  }

  async function repeat(
    fault: (random: () => number) => Promise<void>,
    [least, more]: readonly [number, number],
    random: () => number,
  ): Promise<void> {
    for (;;) {
      await sleep(least + random() * more);
      if (performance.now() >= end) return;
      await fault(random);
    }
  }

  await Promise.all([
    repeat(ofProcess, PROCESS_PAUSE, seeded(seed)),
    repeat(ofRedis, REDIS_PAUSE, seeded(seed + 1)),
  ]);
  return counts;
}
