import { pino, type DestinationStream, type LogFn, type Logger } from 'pino';
import type { Config } from './config.ts';
import { terminalText } from './log-text.ts';

/** Lines of one kind per minute. */
const LIMIT = 5;
const MINUTE = 60_000;

/** Kinds that are counted at a time; lines of other kinds are always written. */
const KINDS = 1000;

/** The level from which repetitions are counted: `info` lines are always written. */
const WARN = pino.levels.values['warn']!;

/** Fields that ioredis adds to an error: the arguments of AUTH contain the password, those of others prompts. */
const SECRETS = ['err.command.args', 'err.previousErrors[*].command.args', 'err.lastNodeError.command.args'];

/** Standard error: JSON lines, or text where it is a terminal. */
function standardError(): DestinationStream {
  const lines = pino.destination({ fd: 2, sync: true });
  return process.stderr.isTTY ? { write: (line) => void lines.write(terminalText(line)) } : lines;
}

/**
 * The log of a process on standard error. Of warnings and errors with the same level, message, error message, `code` and
 * `output`, five are written per minute; then one line counts the others.
 */
export function createLog(
  level: Config['logLevel'],
  destination: DestinationStream = standardError(),
): Logger {
  const seen = new Map<string, number>();
  return pino(
    {
      level,
      redact: { paths: SECRETS, remove: true },
      hooks: {
        logMethod(args, method, lineLevel) {
          const write = method.bind(this);
          const kind = kindOf(args, lineLevel);
          const count = seen.get(kind) ?? 0;
          if (lineLevel < WARN || (count === 0 && seen.size >= KINDS)) {
            write(...args);
            return;
          }
          seen.set(kind, count + 1);
          if (count < LIMIT) write(...args);
          if (count > 0) return;
          setTimeout(() => {
            const suppressed = seen.get(kind)! - LIMIT;
            seen.delete(kind);
            if (suppressed > 0) write({ count: suppressed }, `${messageOf(args)} … repeated`);
          }, MINUTE).unref();
        },
      },
    },
    destination,
  );
}

type Line = Parameters<LogFn>;

/** Fields that distinguish kinds of lines, besides the error. */
const TELLING = ['code', 'output'] as const;
const TELLING_LENGTH = 200;

function kindOf(args: Line, level: number): string {
  const [facts] = args as unknown[];
  const { err = facts, ...others } = (facts ?? {}) as Readonly<Record<string, unknown>>;
  const telling = TELLING.map((name) => JSON.stringify(others[name] ?? null).slice(0, TELLING_LENGTH));
  return JSON.stringify([level, messageOf(args), err instanceof Error ? err.message : null, ...telling]);
}

/** The message of a line, its first or second argument; else that of its error. */
function messageOf(args: Line): string {
  const [facts, message] = args as unknown[];
  if (typeof facts === 'string') return facts;
  if (typeof message === 'string') return message;
  return facts instanceof Error ? facts.message : '';
}
