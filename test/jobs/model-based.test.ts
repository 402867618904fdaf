import { describeModelBased } from './model-based.suite.ts';
import type { Step } from './model-based/steps.ts';
import { SqliteStorage } from './sqlite-storage.ts';

/** Sequences that have failed once. */
const EXAMPLES: readonly (readonly Step[])[] = [
  // The job waited for a day: its backoff was counted on a clock that was then set back.
  [
    { do: 'enqueue', owner: 'a', model: 'other', priority: 5, key: null },
    { do: 'claim' },
    { do: 'kill' },
    { do: 'clock jump', milliseconds: -86_400_000 },
  ],
];

describeModelBased('SQLite', () => SqliteStorage.create(), { examples: EXAMPLES, time: 8_000 });
