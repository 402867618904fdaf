import type { Log } from '../log.ts';
import { Connections, mustKeep } from './connection.ts';

/** What a look at Redis has found. */
export interface RedisCheck {
  readonly version: number;
  /** Milliseconds that its clock is ahead of this machine's. */
  readonly clockAhead: number;
  /** What it may lose jobs by. */
  readonly warnings: readonly string[];
}

/** Connects to Redis and sees whether it can keep jobs. Throws ConfigError where it cannot. */
export async function checkRedis(url: string): Promise<RedisCheck> {
  const warnings: string[] = [];
  const nothing = () => undefined;
  const quiet: Log = { info: nothing, warn: nothing, error: nothing };
  const log: Log = { ...quiet, warn: (_facts, message) => void warnings.push(message) };
  const connections = await Connections.open(url, quiet);
  try {
    const client = await connections.connect();
    const { version } = await mustKeep(connections, client, log);
    const [master] = connections.masters(client);
    const before = Date.now();
    const [seconds, microseconds] = await connections.answer(() => master!.time());
    const now = (before + Date.now()) / 2;
    return { version, clockAhead: Number(seconds) * 1000 + Number(microseconds) / 1000 - now, warnings };
  } finally {
    connections.close();
  }
}
