/** How a command ends. */
export const EXIT = {
  done: 0,
  /** It failed, or found a problem. */
  failed: 1,
  /** It was not understood: an unknown command or flag, a missing argument. */
  usage: 2,
  /** Ctrl-C, as shells count it. */
  interrupted: 130,
} as const;

/** What keeps a command from doing its work; the message says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Errors whose message is the whole explanation. By name: their classes would load what most commands do not need. */
const EXPLAINED = new Set(['CommandError', 'ConfigError', 'JobDatabaseError', 'SetupError', 'ClientError']);

/** What to print of an error: its message where that explains it, else all of it. */
export const explanationOf = (error: unknown): unknown =>
  error instanceof Error && EXPLAINED.has(error.name) ? error.message : error;

/** A command's action whose result is the exit code; undefined is left to what it started. */
export const ending =
  <Arguments extends unknown[]>(work: (...args: Arguments) => Promise<number | undefined>) =>
  async (...args: Arguments): Promise<void> => {
    const code = await work(...args);
    if (code !== undefined) process.exitCode = code;
  };
