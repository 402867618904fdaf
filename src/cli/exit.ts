/** Exit codes. */
export const EXIT = {
  done: 0,
  /** The command failed, or found a problem. */
  failed: 1,
  /** Wrong usage: an unknown command or flag, a missing argument. */
  usage: 2,
  /** Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
} as const;

/** A command cannot do its work; the message says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Errors whose message explains everything. By name, since importing the classes would load much that most commands do not need. */
const EXPLAINED = new Set(['CommandError', 'ConfigError', 'JobDatabaseError', 'SetupError', 'ClientError']);

/** Remedies for errors of the file system. */
const REMEDIES: ReadonlyMap<string | undefined, string> = new Map([
  ['EACCES', 'run the command as a user who has access, or choose another folder'],
  ['EPERM', 'run the command as a user who has access, or choose another folder'],
  ['EROFS', 'choose a folder on a disk that can be written to'],
  ['ENOSPC', 'make room, or choose another disk'],
]);

/** The part of an error to print: the message if it explains everything, else the whole error. */
export function explanationOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (EXPLAINED.has(error.name)) return error.message;
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  const remedy = syscall !== undefined && path !== undefined ? REMEDIES.get(code) : undefined;
  return remedy === undefined ? error : `${error.message}: ${remedy}`;
}

/** A command's action whose result is the exit code; undefined leaves the exit code unchanged. */
export const ending =
  <Arguments extends unknown[]>(work: (...args: Arguments) => Promise<number | undefined>) =>
  async (...args: Arguments): Promise<void> => {
    const code = await work(...args);
    if (code !== undefined) process.exitCode = code;
  };
