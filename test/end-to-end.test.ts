import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import {
  CancelJobDocument,
  Img2ImgDocument,
  JobDocument,
  ProgressDocument,
  ServerDocument,
  SettingsOfDocument,
} from './client/generated/graphql.ts';
import { ask, connect, subscribe, upload } from './client/request.ts';
import { startServerProcess, type ServerProcess } from './server-process.ts';

const STARTER = join(import.meta.dirname, '../assets/models/starter.safetensors');
const EXAMPLE = join(import.meta.dirname, '../assets/example.png');
/** The least size: what is done in a step is no matter. */
const SMALL = { width: 64, height: 64 };

// Servers and engines that come up again and again take their time on a machine that has other things to do.
describe('the server as a process, with the bundled model', { timeout: 180_000 }, () => {
  let folder: string;
  let server: ServerProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-end-to-end-'));
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

  async function submit(url: string, changes: Record<string, unknown> = {}): Promise<string> {
    const image = new Blob([await readFile(EXAMPLE)], { type: 'image/png' });
    const input = { model: 'starter', width: 128, height: 128, steps: 8, cfg: 4, prompt: 'snow', ...changes };
    const { data } = await upload(url, Img2ImgDocument, { input: { ...input, image } });
    expect(data?.img2img.userErrors).toEqual([]);
    return data!.img2img.job!.id;
  }

  /** Watches a job until `done` says so, or to its end. */
  async function watch(
    url: string,
    jobId: string,
    done: (type: string) => boolean = () => false,
  ): Promise<string[]> {
    const client = connect(url);
    const seen: string[] = [];
    for await (const { data } of subscribe(client, ProgressDocument, { jobId })) {
      const type = data!.img2imgProgress.__typename;
      seen.push(type);
      if (done(type)) break;
    }
    await client.dispose();
    return seen;
  }

  /** A connection that asks for nothing. */
  async function openSocket(url: string): Promise<WebSocket> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    return socket;
  }

  it('turns an upload into a picture that tells how it was made', async () => {
    const { url } = await start();
    const jobId = await submit(url, { seed: '18446744073709551615', batchSize: 2 });
    const seen = await watch(url, jobId);
    expect(seen.filter((type) => type === 'Img2ImgStep').length).toBeGreaterThanOrEqual(1);
    expect(seen.at(-1)).toBe('Img2ImgCompleted');

    const { job } = await ask(url, JobDocument, { id: jobId });
    expect([job?.status, job?.stage, job?.step, job?.totalSteps]).toEqual(['SUCCEEDED', 'DONE', 8, 8]);
    expect(job?.images.map(({ seed, width, height }) => [seed, width, height])).toEqual([
      ['18446744073709551615', 128, 128],
      ['0', 128, 128],
    ]);
    const png = Buffer.from(await (await fetch(job!.images[0]!.url)).arrayBuffer());
    expect(await sharp(png).metadata()).toMatchObject({
      format: 'png',
      width: 128,
      height: 128,
      channels: 3,
    });
    const imageUrl = `data:image/png;base64,${png.toString('base64')}`;
    const { settingsOf } = await ask(url, SettingsOfDocument, { imageUrl });
    expect(settingsOf).toMatchObject({
      tool: 'LatentQL',
      installedModel: 'starter',
      modelHash: createHash('sha256')
        .update(await readFile(STARTER))
        .digest('hex'),
      seed: '18446744073709551615',
      steps: 8,
      denoiseStrength: 0.75,
    });
  });

  it('finishes after a restart what it had acknowledged before it was killed', async () => {
    const { url, end } = await start();
    const jobs = [await submit(url, { ...SMALL, steps: 100 }), await submit(url, { steps: 2, seed: 1 })];
    await watch(url, jobs[0]!, (type) => type === 'Img2ImgStep');
    expect(await end('SIGKILL')).toBe(null);

    const { url: again } = await start();
    for (const id of jobs) {
      expect((await watch(again, id)).at(-1)).toBe('Img2ImgCompleted');
      const { job } = await ask(again, JobDocument, { id });
      expect([job?.status, job?.images.length]).toEqual(['SUCCEEDED', 1]);
    }
  });

  it('puts the running job back when it is asked to end, and exits with 0', async () => {
    const { url, end } = await start();
    const id = await submit(url, { steps: 100 });
    await watch(url, id, (type) => type === 'Img2ImgStep');
    expect(await end('SIGTERM')).toBe(0);

    const { url: again } = await start();
    const { job } = await ask(again, JobDocument, { id });
    expect(['QUEUED', 'RUNNING']).toContain(job?.status);
    const { cancelJob } = await ask(again, CancelJobDocument, { id });
    expect(cancelJob.job?.status).toBe('CANCELED');
    expect(await watch(again, id)).toEqual(['Img2ImgCanceled']);
  });

  it('lets the running job end when it is asked to end, tells its watchers, and only then says 1001', async () => {
    const { url, end } = await start({ DRAIN_TIMEOUT: '60s' });
    const running = await submit(url, { ...SMALL, steps: 60 });
    const waiting = await submit(url, { steps: 2 });
    const socket = await openSocket(url);
    let ended = false;
    const closed = once(socket, 'close').then(([code]) => ({ code: code as number, afterTheEnd: ended }));
    let exited: Promise<number | null> | undefined;
    const seen = await watch(url, running, (type) => {
      if (type === 'Img2ImgStep') exited ??= end('SIGTERM');
      return (ended = type === 'Img2ImgCompleted');
    });
    expect(seen.at(-1)).toBe('Img2ImgCompleted');
    expect(await closed).toEqual({ code: 1001, afterTheEnd: true });
    expect(await exited).toBe(0);

    const { url: again } = await start();
    expect((await ask(again, JobDocument, { id: running })).job?.status).toBe('SUCCEEDED');
    expect((await watch(again, waiting)).at(-1)).toBe('Img2ImgCompleted');
  });

  it('has ended in the time that it states, though a job and a client hold it up', async () => {
    const { url, end, process: child } = await start({ DRAIN_TIMEOUT: '1s' });
    const id = await submit(url, { width: 256, height: 256, steps: 150 });
    const socket = await openSocket(url);
    socket.pause();
    await watch(url, id, (type) => type === 'Img2ImgStep');
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
    const victim = await submit(url, { ...SMALL, steps: 60 });
    const others = [await submit(url, { steps: 2, seed: 1 }), await submit(url, { steps: 2, seed: 2 })];
    await watch(url, victim, (type) => type === 'Img2ImgStep');
    const { engine } = await ask(url, ServerDocument, {});
    process.kill(engine.devices[0]!.processId!, 'SIGKILL');
    const seen = await watch(url, victim);
    expect(seen.at(-1)).toBe('Img2ImgCompleted');
    for (const id of others) await watch(url, id);
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

  it('says what is wrong with its database, and leaves it as it is', async () => {
    const { end } = await start();
    await end('SIGTERM');
    const file = join(folder, 'jobs.db');
    const damaged = Buffer.from(await readFile(file)).fill(0x5a, 4096, 12_288);
    await writeFile(file, damaged);
    const refusal = await start().then(
      () => 'started',
      (error: unknown) => String(error),
    );
    expect(refusal).toMatch(
      /exit code 1: [^]*The job database .*jobs\.db is damaged \([^]*\)\. Nothing was deleted/,
    );
    expect(refusal).not.toContain(' at ');
    expect(damaged.equals(await readFile(file))).toBe(true);
  });

  it('refuses to start on a data folder that another server uses, naming it', async () => {
    await start();
    await expect(start()).rejects.toThrow(/process \d+/);
  });
});
