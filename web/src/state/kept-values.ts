type Test = (value: unknown) => boolean;

/** Whether a kept value is a number within bounds. */
export const isNumber =
  (least: number, most: number): Test =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most;

/** Whether it is a text. */
export const isText: Test = (value) => typeof value === 'string';

/** Whether it is one of these. */
export const isOneOf =
  (...values: readonly string[]): Test =>
  (value) =>
    values.some((one) => one === value);

/** Whether it is null or passes. */
export const orNull =
  (test: Test): Test =>
  (value) =>
    value === null || test(value);

/** Whether it is left out, null or passes. */
export const orNothing =
  (test: Test): Test =>
  (value) =>
    value == null || test(value);

/** Whether it is an object all of whose named fields pass. */
export const isRecord =
  (tests: Readonly<Record<string, Test>>): Test =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(tests).every(([name, test]) => test((value as Record<string, unknown>)[name]));
