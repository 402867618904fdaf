/** How a command ends. */
export const EXIT = {
  done: 0,
  /** It failed, or found a problem. */
  failed: 1,
  /** Wrong usage: an unknown command or flag, a missing argument. */
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

/** What to do where the system refuses a file. */
const REMEDIES: ReadonlyMap<string | undefined, string> = new Map([
  ['EACCES', 'run the command as a user who has access, or choose another folder'],
  ['EPERM', 'run the command as a user who has access, or choose another folder'],
  ['EROFS', 'choose a folder on a disk that can be written to'],
  ['ENOSPC', 'make room, or choose another disk'],
]);

/** What to print of an error: its message where that explains it, else all of it. */
export function explanationOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (EXPLAINED.has(error.name)) return error.message;
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  const remedy = syscall !== undefined && path !== undefined ? REMEDIES.get(code) : undefined;
  return remedy === undefined ? error : `${error.message}: ${remedy}`;
}

/** A command's action whose result is the exit code; undefined is left to what it started. */
export const ending =
  <Arguments extends unknown[]>(work: (...args: Arguments) => Promise<number | undefined>) =>
  async (...args: Arguments): Promise<void> => {
    const code = await work(...args);
    if (code !== undefined) process.exitCode = code;
  };
