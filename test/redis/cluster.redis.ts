import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { openClusterJobs } from '../../src/jobs/cluster.ts';
import { describeJobQueue } from '../jobs/job-queue.suite.ts';
import { RedisServer } from './redis-server.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.stop());

describeJobQueue('ClusterQueue', () => {
  const prefix = `${randomUUID()}:`;
  return Promise.resolve({
    open: (settings) => openClusterJobs({ url: redis.url, prefix, models: ['starter'], ...settings }),
    remove: () => Promise.resolve(),
  });
});
