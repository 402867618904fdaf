import { pino, type DestinationStream, type LogFn, type Logger } from 'pino';
import type { Config } from './config.ts';
import { terminalText } from './log-text.ts';

/** Lines of one kind that are written within a minute. */
const LIMIT = 5;
const MINUTE = 60_000;

/** Kinds that are counted at a time; lines of further ones are all written. */
const KINDS = 1000;

/** The level from which on repetitions are counted: each `info` line is news. */
const WARN = pino.levels.values['warn']!;

/** What ioredis attaches to an error: the arguments of AUTH are the password, those of others hold prompts. */
const SECRETS = ['err.command.args', 'err.previousErrors[*].command.args', 'err.lastNodeError.command.args'];

/** Standard error: JSON lines, or text where it is a terminal. */
function standardError(): DestinationStream {
  const lines = pino.destination({ fd: 2, sync: true });
  return process.stderr.isTTY ? { write: (line) => void lines.write(terminalText(line)) } : lines;
}

/**
 * The log of a process on standard error. Of warnings and errors with the same level, message, error message, `code`
 * and `output`, five are written within a minute; when it is over, one line gives the number of the others.
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

/** Facts that tell one kind of line from another, besides its error. */
const TELLING = ['code', 'output'] as const;
const TELLING_LENGTH = 200;

function kindOf(args: Line, level: number): string {
  const [facts] = args as unknown[];
  const { err = facts, ...others } = (facts ?? {}) as Readonly<Record<string, unknown>>;
  const telling = TELLING.map((name) => JSON.stringify(others[name] ?? null).slice(0, TELLING_LENGTH));
  return JSON.stringify([level, messageOf(args), err instanceof Error ? err.message : null, ...telling]);
}

/** The text of a line, which stands first or behind its facts; the error's message if the line has no text. */
function messageOf(args: Line): string {
  const [facts, message] = args as unknown[];
  if (typeof facts === 'string') return facts;
  if (typeof message === 'string') return message;
  return facts instanceof Error ? facts.message : '';
}
