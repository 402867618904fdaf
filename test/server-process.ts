import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..');

/** A server or worker in a process of its own that may not have come up yet. */
export interface StartingServer {
  readonly process: ChildProcess;
  /** Its address, or a worker's name; rejects with what it printed if it ends before it is ready. */
  readonly ready: Promise<string>;
  /** Lines of its log, as they come. */
  readonly log: readonly string[];
  /** Sends a signal and resolves with the exit code, null if the signal killed it. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** The real server in a process of its own. */
export interface ServerProcess extends Omit<StartingServer, 'ready'> {
  readonly url: string;
}

/** A real worker in a process of its own. */
export interface WorkerProcess extends Omit<StartingServer, 'ready'> {
  readonly name: string;
}

/** The server's script: `src/main.ts`, or what `LATENTQL_MAIN` names, such as `dist/main.js`, which starts faster. */
const mainScript = (): string => process.env['LATENTQL_MAIN'] ?? 'src/main.ts';

/** Starts the server on a free port; `within` is a command that runs a command. */
export function spawnServer(environment: NodeJS.ProcessEnv, within: readonly string[] = []): StartingServer {
  return spawnScript(mainScript(), /^LatentQL ready on (\S+)$/, environment, within);
}

/** Starts a worker, the script beside the server's. Rejects with what it printed if it ends before it takes jobs. */
export async function startWorkerProcess(environment: NodeJS.ProcessEnv): Promise<WorkerProcess> {
  const isReady = /^LatentQL worker (\S+) takes jobs/;
  const { ready, ...worker } = spawnScript(mainScript().replace('main', 'worker'), isReady, environment);
  return { ...worker, name: await ready };
}

function spawnScript(
  main: string,
  isReady: RegExp,
  environment: NodeJS.ProcessEnv,
  within: readonly string[] = [],
): StartingServer {
  const loader = main.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const [command, ...args] = [...within, process.execPath, ...loader, join(ROOT, main)];
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'warn', DEVICE: 'cpu', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const log: string[] = [];
  const logged = once(
    createInterface(child.stderr).on('line', (line) => log.push(line)),
    'close',
  );
  const ready = (async () => {
    for await (const line of createInterface(child.stdout)) {
      const word = isReady.exec(line)?.[1];
      if (word !== undefined) return word;
    }
    await Promise.all([exited, logged]);
    throw new Error(`the server ended with exit code ${child.exitCode}: ${log.join('\n')}`);
  })();
  ready.catch(() => undefined); // looked at by those who wait for it
  return { process: child, ready, log, end: (signal) => end(child, exited, signal) };
}

/** Starts a server and waits until it is ready. Rejects with what it printed if it ends before. */
export async function startServerProcess(
  environment: NodeJS.ProcessEnv,
  within?: readonly string[],
): Promise<ServerProcess> {
  const { ready, ...server } = spawnServer(environment, within);
  return { ...server, url: await ready };
}

async function end(
  child: ChildProcess,
  exited: Promise<unknown>,
  signal: NodeJS.Signals,
): Promise<number | null> {
  child.kill(signal);
  await exited;
  return child.exitCode;
}
