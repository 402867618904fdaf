import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CancelJobDocument,
  Img2ImgDocument,
  JobDocument,
  ProgressDocument,
} from './client/generated/graphql.ts';
import { ask, connect, subscribe, upload } from './client/request.ts';
import { startServerProcess, type ServerProcess } from './server-process.ts';

const EXAMPLE = join(import.meta.dirname, '../assets/example.png');

describe('the server as a process, with the bundled model', () => {
  let folder: string;
  let server: ServerProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-end-to-end-'));
  });
  afterEach(async () => {
    await server?.end('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const start = async () =>
    (server = await startServerProcess({ DATA_DIR: folder, MODELS_DIR: join(folder, 'models') }));

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
    expect(png.includes('Steps: 8')).toBe(true);
  });

  it('finishes after a restart what it had acknowledged before it was killed', async () => {
    const { url, end } = await start();
    const jobs = [await submit(url, { steps: 100 }), await submit(url, { steps: 2, seed: 1 })];
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

  it('refuses to start on a data folder that another server uses, naming it', async () => {
    await start();
    await expect(start()).rejects.toThrow(/process \d+/);
  });
});
