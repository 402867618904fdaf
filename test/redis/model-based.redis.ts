import { afterAll, beforeAll } from 'vitest';
import { describeModelBased } from '../jobs/model-based.suite.ts';
import type { Step } from '../jobs/model-based/steps.ts';
import { RedisServer } from './redis-server.ts';
import { RedisStorage } from './redis-storage.ts';

/** Sequences that have failed once. */
const EXAMPLES: readonly (readonly Step[])[] = [];

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server.stop());

describeModelBased('Redis', () => Promise.resolve(new RedisStorage(server)), {
  examples: EXAMPLES,
  time: 60_000,
});
