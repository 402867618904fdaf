import { afterAll, beforeAll } from 'vitest';
import { describeJobQueue } from '../jobs/job-queue.suite.ts';
import { RedisServer } from './redis-server.ts';
import { RedisStorage } from './redis-storage.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server.stop());

describeJobQueue('Redis', () => Promise.resolve(new RedisStorage(server)));
