import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Log } from '../jobs/log.ts';

const socketOf = (dataDir: string): string => join(dataDir, 'control.sock');

const Request = z.object({ backup: z.string().refine(isAbsolute, 'expected an absolute path') });
const Answer = z.object({ error: z.string().optional() });

/** Collaborators and settings of a control socket. */
export interface ControlParts {
  readonly dataDir: string;
  /** Writes a consistent copy of the job database to a file that does not exist yet. */
  readonly backupTo: (file: string) => Promise<void>;
  /** Prevents the removal of objects while `work` runs. */
  readonly hold: (work: () => Promise<void>) => Promise<void>;
  readonly log: Log;
}

/**
 * Listens on `control.sock` in the data folder, which only this user may open, for `{"backup": "/absolute/file"}`. The answer
 * `{}` means that the job database was copied there; no object is removed until the connection ends. A server that cannot
 * listen runs without the socket.
 */
export async function openControlSocket(parts: ControlParts): Promise<{ close: () => Promise<void> }> {
  const { dataDir, log } = parts;
  const path = socketOf(dataDir);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined); // a close follows
    void answer(socket, parts);
  });
  try {
    rmSync(path, { force: true }); // left by a killed server: this process holds the lock on the database
    await listen(server, path);
  } catch (error) {
    log.warn({ err: error }, 'the control socket cannot be opened; stop the server for backups');
  }
  return {
    close: async () => {
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

async function listen(server: Server, path: string): Promise<void> {
  const mask = process.umask(0o177);
  try {
    server.listen(path); // creates the file before it returns
  } finally {
    process.umask(mask);
  }
  await once(server, 'listening');
}

async function answer(socket: Socket, { backupTo, hold, log }: ControlParts): Promise<void> {
  const closed = new Promise((resolve) => socket.once('close', resolve));
  try {
    const { backup } = Request.parse(JSON.parse(await firstLine(socket)));
    await hold(async () => {
      if (socket.destroyed) return;
      log.info({ backup }, 'backup begins');
      await backupTo(backup);
      socket.write('{}\n');
      await closed;
      log.info({ backup }, 'backup ended');
    });
  } catch (error) {
    log.warn({ err: error }, 'backup failed');
    socket.end(`${JSON.stringify({ error: error instanceof Error ? error.message : String(error) })}\n`);
  }
}

/**
 * Asks the server of a data folder to copy its job database to a file, and to remove no object until `release` is called;
 * undefined if no server runs there.
 */
export async function requestSnapshot(
  dataDir: string,
  file: string,
): Promise<{ release: () => void } | undefined> {
  const socket = createConnection(socketOf(dataDir));
  try {
    await once(socket, 'connect');
  } catch {
    return undefined;
  }
  socket.write(`${JSON.stringify({ backup: file })}\n`);
  const { error } = Answer.parse(JSON.parse(await firstLine(socket)));
  if (error !== undefined) {
    socket.destroy();
    throw new Error(`the server could not copy its job database: ${error}`);
  }
  return { release: () => socket.destroy() };
}

async function firstLine(socket: Socket): Promise<string> {
  for await (const line of createInterface({ input: socket, crlfDelay: Infinity })) return line;
  throw new Error('the connection closed before an answer arrived');
}
