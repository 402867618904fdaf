import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startEngine, TaskTooLargeError, type EngineEvent } from '../../src/engine/index.ts';
import { STARTER, task } from './tasks.ts';

const MB = 2 ** 20;

/** One step from noise to a square picture in a process with a limit, and the most anonymous memory that it took. */
async function run(side: number, limit: number) {
  const engine = startEngine({ device: 'cpu', memoryLimit: limit });
  const { processId } = await engine.open();
  let peak = 0;
  const watch = setInterval(() => {
    const status = readFileSync(`/proc/${processId}/status`, 'utf8');
    peak = Math.max(peak, 1024 * Number(/RssAnon:\s+(\d+)/.exec(status)![1]));
  }, 10);
  const events: EngineEvent[] = [];
  try {
    const large = task({ steps: 1, cfg: 1, width: side, height: side, image: null, denoise: 1 });
    const outcome = await engine
      .run(large, { signal: new AbortController().signal, onEvent: (event) => events.push(event) })
      .catch((error: unknown) => error);
    return { outcome, events, peak, status: await engine.status(), processId };
  } finally {
    clearInterval(watch);
    await engine.close();
  }
}

describe.skipIf(process.platform !== 'linux')('a task that MEMORY_LIMIT has no room for', () => {
  it('is refused before anything is loaded, with the largest size that fits', async () => {
    const { outcome, events, status, processId } = await run(2048, 400 * MB);
    expect(outcome).toBeInstanceOf(TaskTooLargeError);
    const message =
      /^width 2048, height 2048, batchSize 1 would take about \d{3,4} MB of memory, MEMORY_LIMIT is 400 MB: the largest size of this shape that fits is (\d+)×\1$/;
    expect((outcome as Error).message).toMatch(message);
    const fitting = Number(message.exec((outcome as Error).message)![1]);
    expect(fitting).toBeGreaterThanOrEqual(512);
    expect(fitting).toBeLessThan(2048);
    expect(events).toEqual([{ type: 'stage', stage: 'LOADING_MODEL', totalSteps: null }]);
    expect(status).toMatchObject({ state: 'IDLE', processId, loaded: [] });
  });

  it('in one piece is decoded in tiles, below the limit', { timeout: 240_000 }, async () => {
    const { outcome, peak, status } = await run(512, 400 * MB); // in one piece: 480 MB for the decoder
    expect(outcome).toMatchObject({ images: [{ width: 512, height: 512 }] });
    expect(peak).toBeGreaterThan(100 * MB);
    expect(peak).toBeLessThan(400 * MB);
    expect(status.loaded).toEqual([STARTER]);
  });
});
