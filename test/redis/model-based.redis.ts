import { afterAll, beforeAll } from 'vitest';
import { describeModelBased } from '../jobs/model-based.suite.ts';
import type { Step } from '../jobs/model-based/steps.ts';
import { RedisServer } from './redis-server.ts';
import { RedisStorage } from './redis-storage.ts';

/** Sequences that have failed once. */
const EXAMPLES: readonly (readonly Step[])[] = [
  [
    { do: 'enqueue', owner: 'a', model: 'starter', priority: 0, key: null },
    { do: 'claim' },
    { do: 'finish', which: 0, end: 'fail', twice: false },
    { do: 'enqueue', owner: 'a', model: 'starter', priority: -1, key: null },
    { do: 'claim' },
    { do: 'claim' },
    { do: 'claim' },
    { do: 'enqueue', owner: 'a', model: 'starter', priority: 0, key: null },
    { do: 'claim' },
  ],
];

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server.stop());

describeModelBased('Redis', () => Promise.resolve(new RedisStorage(server)), {
  examples: EXAMPLES,
  time: 60_000,
});
