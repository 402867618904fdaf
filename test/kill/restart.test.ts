import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { CancelJobDocument, JobDocument, ServerDocument } from '../client/generated/graphql.ts';
import { ask } from '../client/request.ts';
import { submitExample, watchJob } from '../example-job.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';

/** The least size: what is done in a step is no matter. */
const SMALL = { width: 64, height: 64 };

// Servers and engines that come up again and again take their time on a machine that has other things to do.
describe('the server, asked to end or killed in the middle of a job', { timeout: 180_000 }, () => {
  let folder: string;
  let server: ServerProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-restart-'));
  });
  afterEach(async () => {
    await server?.end('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const start = async (environment: NodeJS.ProcessEnv = {}) =>
    (server = await startServerProcess({
      DATA_DIR: folder,
      MODELS_DIR: join(folder, 'models'),
      DRAIN_TIMEOUT: '0',
      ...environment,
    }));

  /** A connection that asks for nothing. */
  async function openSocket(url: string): Promise<WebSocket> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    return socket;
  }

  it('finishes after a restart what it had acknowledged before it was killed', async () => {
    const { url, end } = await start();
    const jobs = [
      await submitExample(url, { ...SMALL, steps: 100 }),
      await submitExample(url, { steps: 2, seed: 1 }),
    ];
    await watchJob(url, jobs[0]!, (type) => type === 'Img2ImgStep');
    expect(await end('SIGKILL')).toBe(null);

    const { url: again } = await start();
    for (const id of jobs) {
      expect((await watchJob(again, id)).at(-1)).toBe('Img2ImgCompleted');
      const { job } = await ask(again, JobDocument, { id });
      expect([job?.status, job?.images.length]).toEqual(['SUCCEEDED', 1]);
    }
  });

  it('puts the running job back when it is asked to end, and exits with 0', async () => {
    const { url, end } = await start();
    const id = await submitExample(url, { steps: 100 });
    await watchJob(url, id, (type) => type === 'Img2ImgStep');
    expect(await end('SIGTERM')).toBe(0);

    const { url: again } = await start();
    const { job } = await ask(again, JobDocument, { id });
    expect(['QUEUED', 'RUNNING']).toContain(job?.status);
    const { cancelJob } = await ask(again, CancelJobDocument, { id });
    expect(cancelJob.job?.status).toBe('CANCELED');
    expect(await watchJob(again, id)).toEqual(['Img2ImgCanceled']);
  });

  it('lets the running job end when it is asked to end, tells its watchers, and only then says 1001', async () => {
    const { url, end } = await start({ DRAIN_TIMEOUT: '60s' });
    const running = await submitExample(url, { ...SMALL, steps: 60 });
    const waiting = await submitExample(url, { steps: 2 });
    const socket = await openSocket(url);
    let ended = false;
    const closed = once(socket, 'close').then(([code]) => ({ code: code as number, afterTheEnd: ended }));
    let exited: Promise<number | null> | undefined;
    const seen = await watchJob(url, running, (type) => {
      if (type === 'Img2ImgStep') exited ??= end('SIGTERM');
      return (ended = type === 'Img2ImgCompleted');
    });
    expect(seen.at(-1)).toBe('Img2ImgCompleted');
    expect(await closed).toEqual({ code: 1001, afterTheEnd: true });
    expect(await exited).toBe(0);

    const { url: again } = await start();
    expect((await ask(again, JobDocument, { id: running })).job?.status).toBe('SUCCEEDED');
    expect((await watchJob(again, waiting)).at(-1)).toBe('Img2ImgCompleted');
  });

  it('has ended in the time that it states, though a job and a client hold it up', async () => {
    const { url, end, process: child } = await start({ DRAIN_TIMEOUT: '1s' });
    const id = await submitExample(url, { width: 256, height: 256, steps: 150 });
    const socket = await openSocket(url);
    socket.pause();
    await watchJob(url, id, (type) => type === 'Img2ImgStep');
    const asked = performance.now();
    expect(await end('SIGTERM')).toBe(0);
    expect(performance.now() - asked).toBeLessThan(8000); // as README says: the larger of DRAIN_TIMEOUT and 5 s, and 3 s more
    socket.terminate();
    expect(child.signalCode).toBeNull();

    const { url: again } = await start();
    const { job } = await ask(again, JobDocument, { id });
    expect([job?.status, job?.error]).toEqual([expect.stringMatching(/QUEUED|RUNNING/), null]);
  });

  it('runs a job again whose engine process was killed in the middle of a step, and no other', async () => {
    const { url } = await start();
    const victim = await submitExample(url, { ...SMALL, steps: 60 });
    const others = [
      await submitExample(url, { steps: 2, seed: 1 }),
      await submitExample(url, { steps: 2, seed: 2 }),
    ];
    await watchJob(url, victim, (type) => type === 'Img2ImgStep');
    const { engine } = await ask(url, ServerDocument, {});
    process.kill(engine.devices[0]!.processId!, 'SIGKILL');
    const seen = await watchJob(url, victim);
    expect(seen.at(-1)).toBe('Img2ImgCompleted');
    for (const id of others) await watchJob(url, id);
    const attempts = [];
    for (const id of [victim, ...others]) {
      const { job } = await ask(url, JobDocument, { id });
      attempts.push([job?.status, job?.attempts, job?.images.length]);
    }
    expect(attempts).toEqual([
      ['SUCCEEDED', 2, 1],
      ['SUCCEEDED', 1, 1],
      ['SUCCEEDED', 1, 1],
    ]);
  });
});
