import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_ATTEMPTS } from '../../src/jobs/lifecycle.ts';
import { Siege } from './siege.ts';

/** `npm run test:kill` has more; every nine kill the server at each of nine kinds of moment. */
const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 9);

describe('the server process, killed again and again', () => {
  // The first fetch of a process of Node 20 waits forever if the server dies while undici still compiles its parser.
  beforeAll(async () => {
    const server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.closeAllConnections();
    server.close();
  });

  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-kill-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it(
    `loses no acknowledged job, ends each once, keeps its images and tells watchers the truth, in ${ROUNDS} rounds`,
    { timeout: 60_000 + ROUNDS * 60_000 },
    async () => {
      const seed = Number(process.env['KILL_SEED'] ?? Date.now());
      console.log(`seed ${seed}`);
      const example = await readFile(join(import.meta.dirname, '../../assets/example.png'));
      const source = `data:image/png;base64,${example.toString('base64')}`;
      const siege = new Siege({ DATA_DIR: folder, MODELS_DIR: join(folder, 'models') }, { seed, source });
      for (let round = 0; round < ROUNDS; round++) await siege.round(round);
      await siege.finish();

      const ends: Record<string, number> = {};
      for (const [id, { end }] of siege.ledger.entries) {
        ends[end?.status ?? 'none'] = (ends[end?.status ?? 'none'] ?? 0) + 1;
        expect(['SUCCEEDED', 'FAILED', 'CANCELED'], `end of ${id}`).toContain(end?.status);
      }
      console.log({ ends, checks: siege.ledger.checks, kills: Object.fromEntries(siege.kills) });
      expect(ends['SUCCEEDED']).toBeGreaterThan(0);
      expect([...siege.kills.values()].reduce((sum, count) => sum + count)).toBe(ROUNDS);
      // A job may have been running at as many kills as it has attempts; no more than that can have failed.
      expect(ends['FAILED'] ?? 0).toBeLessThanOrEqual(ROUNDS / MAX_ATTEMPTS);
      await vi.waitFor(() => {
        expect(siege.enginePids.filter(isAlive)).toEqual([]);
      }, 5000);
    },
  );
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
