import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { freePort } from '../free-port.ts';

/** A Redis of its own, on a free port, that writes an append-only file into a temporary folder. */
export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(folder: string, port: number, args: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#args = args;
  }

  /** Starts one with more arguments; `REDIS_SERVER` names the program, Debian's by default. */
  static async start(args: readonly string[] = []): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'latentql-redis-'));
    const server = new RedisServer(folder, await freePort(), args);
    await server.resume();
    return server;
  }

  /** Starts a sentinel of this master, which it calls `mymaster`. */
  static async startSentinel(master: RedisServer): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'latentql-sentinel-'));
    const file = join(folder, 'sentinel.conf');
    await writeFile(
      file,
      `sentinel monitor mymaster 127.0.0.1 ${master.port} 1
sentinel down-after-milliseconds mymaster 500
sentinel failover-timeout mymaster 2000
`,
    );
    const sentinel = new RedisServer(folder, await freePort(), ['--sentinel']);
    await sentinel.#spawn(
      [file, '--port', String(sentinel.port), '--bind', '127.0.0.1', '--sentinel'],
      '+monitor',
    );
    return sentinel;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Kills it at once; what is in the append-only file stays. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Starts it again on the same port and file; resolves when it answers. */
  async resume(): Promise<void> {
    const files = ['--dir', this.#folder, '--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
    const address = ['--port', String(this.port), '--bind', '127.0.0.1'];
    await this.#spawn([...address, ...files, ...this.#args], 'Ready to accept connections');
  }

  /** Stops answering (SIGSTOP), until `thaw`. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #spawn(args: readonly string[], readyLine: string): Promise<void> {
    const program = process.env['REDIS_SERVER'] ?? 'redis-server';
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    for await (const line of createInterface(child.stdout)) {
      if (line.includes(readyLine)) {
        child.stdout.resume();
        return;
      }
    }
    throw new Error(`redis-server ended with exit code ${child.exitCode}`);
  }
}

/** Three masters of a Redis Cluster. */
export async function startRedisCluster(): Promise<{ nodes: readonly RedisServer[]; url: string }> {
  const enabled = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
  const nodes = await Promise.all([1, 2, 3].map(() => RedisServer.start(enabled)));
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const cli = promisify(execFile);
  await cli('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
  for (const { port } of nodes) {
    const isUp = async () => (await cli('redis-cli', ['-p', String(port), 'cluster', 'info'])).stdout;
    while (!(await isUp()).includes('cluster_state:ok')); // they learn of each other in their own time
  }
  return { nodes, url: `redis://${addresses.join(',')}` };
}
