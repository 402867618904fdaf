import { inspect } from 'node:util';

/** Names of pino's levels on a terminal. */
const LEVELS: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};

/** Fields that are omitted on a terminal. */
const HIDDEN = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'err']);

/** A JSON line of the log as readable text: time, level, message, fields, and the stack of an error below. */
export function terminalText(line: string): string {
  const record = JSON.parse(line) as Readonly<Record<string, unknown>> & {
    readonly time: number;
    readonly level: number;
    readonly msg?: string;
  };
  const { time, level, msg, err } = record;
  const facts = Object.entries(record).flatMap(([name, value]) =>
    HIDDEN.has(name) || value === null ? [] : [`${name}=${shown(value)}`],
  );
  const clock = new Date(time).toTimeString().slice(0, 8);
  const { stack } = (err ?? {}) as { readonly stack?: string };
  const head = [clock, (LEVELS[level] ?? String(level)).padEnd(5), msg ?? '', ...facts].join(' ');
  return stack === undefined ? `${head}\n` : `${head}\n${stack.replace(/^/gm, '    ')}\n`;
}

const shown = (value: unknown): string =>
  typeof value === 'string' && /^[\w.:/+-]+$/.test(value)
    ? value
    : inspect(value, { breakLength: Infinity, depth: 4 });
