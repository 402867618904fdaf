type Test = (value: unknown) => boolean;

/** Tests for a number within bounds. */
export const isNumber =
  (least: number, most: number): Test =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most;

/** Tests for a string. */
export const isText: Test = (value) => typeof value === 'string';

/** Tests for one of these strings. */
export const isOneOf =
  (...values: readonly string[]): Test =>
  (value) =>
    values.some((one) => one === value);

/** Allows null. */
export const orNull =
  (test: Test): Test =>
  (value) =>
    value === null || test(value);

/** Allows undefined and null. */
export const orNothing =
  (test: Test): Test =>
  (value) =>
    value == null || test(value);

/** Tests an object field by field. */
export const isRecord =
  (tests: Readonly<Record<string, Test>>): Test =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(tests).every(([name, test]) => test((value as Record<string, unknown>)[name]));
