import fc from 'fast-check';

/** Owners, models and idempotency keys of the jobs that steps are about. */
export const OWNERS = ['a', 'b', 'c'] as const;
export const MODELLED = ['starter', 'other'] as const;
export const KEYS = ['k1', 'k2'] as const;

/** How an attempt ends: as its worker says, or put back. */
export const ENDS = ['succeed', 'fail', 'fail for good', 'put back'] as const;
export type End = (typeof ENDS)[number];

/**
 * One thing that happens to the jobs. `which` picks among those that there are then (modulo their number), so that every
 * sequence of steps can be run, and a shorter one as well.
 */
export type Step =
  | {
      readonly do: 'enqueue';
      readonly owner: (typeof OWNERS)[number];
      readonly model: (typeof MODELLED)[number];
      readonly priority: number;
      readonly key: (typeof KEYS)[number] | null;
    }
  /** Sends an earlier request with its key again. */
  | { readonly do: 'retry'; readonly which: number }
  | { readonly do: 'claim' }
  /** Ends a running job; `twice`: the worker repeats the write, as after an answer that was lost. */
  | { readonly do: 'finish'; readonly which: number; readonly end: End; readonly twice: boolean }
  /** Ends an attempt that is over: its worker comes back too late. */
  | { readonly do: 'finish late'; readonly which: number; readonly end: End }
  | { readonly do: 'cancel'; readonly which: number }
  | { readonly do: 'set priority'; readonly which: number; readonly priority: number }
  | { readonly do: 'remove'; readonly which: number }
  | { readonly do: 'pause' | 'resume'; readonly model: (typeof MODELLED)[number] | null }
  | { readonly do: 'expire'; readonly limit: number }
  /** Time passes. */
  | { readonly do: 'pass'; readonly milliseconds: number }
  /** The wall clock is set. */
  | { readonly do: 'clock jump'; readonly milliseconds: number }
  /** Opens the store again, after closing it or after SIGKILL. */
  | { readonly do: 'restart' | 'kill' }
  /** The network holds everything up for a moment, in which a job is sent and a running one ends. */
  | { readonly do: 'partition'; readonly which: number };

const which = fc.nat({ max: 30 });
const priority = fc.constantFrom(0, 0, 0, 1, -1, 5);
const model = fc.constantFrom(...MODELLED);

/** Steps in the proportions of a busy server with much bad luck. */
export const someStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('enqueue' as const),
      owner: fc.constantFrom(...OWNERS),
      model,
      priority,
      key: fc.constantFrom(null, null, null, ...KEYS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retry' as const), which }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('claim' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('finish' as const),
      which,
      end: fc.constantFrom(...ENDS),
      twice: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('finish late' as const), which, end: fc.constantFrom(...ENDS) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('set priority' as const), which, priority }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('pause' as const, 'resume' as const),
      model: fc.option(model),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('expire' as const), limit: fc.integer({ min: 1, max: 5 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      milliseconds: fc.constantFrom(1, 999, 1000, 5000, 60_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('clock jump' as const),
      milliseconds: fc.constantFrom(-86_400_000, -1000, 1000, 86_400_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'kill' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('partition' as const), which }) },
);
