import { afterAll, beforeAll, expect } from 'vitest';

/** What Node itself hands on to every program: one object for the life of the process. */
const { env } = process;

let before: NodeJS.ProcessEnv;

beforeAll(() => {
  before = { ...env };
});
// Files of a worker share its process: what one of them leaves behind, the next one's programs inherit.
afterAll(() => {
  expect(process.env, 'process.env was replaced: use vi.stubEnv').toBe(env);
  expect({ ...env }, 'settings were left behind: call vi.unstubAllEnvs in afterEach').toEqual(before);
});
