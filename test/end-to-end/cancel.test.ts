import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CancelJobDocument,
  Img2ImgDocument,
  JobDocument,
  ProgressDocument,
  ServerDocument,
  type CancelJobMutation,
  type Img2ImgInput,
} from '../client/generated/graphql.ts';
import { ask, connect, subscribe } from '../client/request.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';

const MB = 2 ** 20;

describe('cancelJob on the server as a process, with the bundled model', { timeout: 180_000 }, () => {
  let folder: string;
  let server: ServerProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-cancel-'));
    server = await startServerProcess({ DATA_DIR: folder, DRAIN_TIMEOUT: '0' });
  });
  afterAll(async () => {
    await server.end('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const submit = async (input: Img2ImgInput): Promise<string> => {
    const small: Img2ImgInput = { model: 'starter', width: 128, height: 128, cfg: 1, ...input };
    return (await ask(server.url, Img2ImgDocument, { input: small })).img2img.job!.id;
  };
  const cancel = async (id: string, immediately: boolean): Promise<CancelJobMutation['cancelJob']> =>
    (await ask(server.url, CancelJobDocument, { id, immediately })).cancelJob;
  const device = async () => (await ask(server.url, ServerDocument, {})).engine.devices[0]!;

  /** Watches a job with two clients and cancels it when the first sees `when`; the last event of each. */
  async function cancelWhen(id: string, when: string, immediately = false) {
    const clients = [connect(server.url), connect(server.url)];
    let result: Promise<CancelJobMutation['cancelJob']> | undefined;
    const last = await Promise.all(
      clients.map(async (client, index) => {
        let name = '';
        for await (const { data } of subscribe(client, ProgressDocument, { jobId: id })) {
          const { __typename, job } = data!.img2imgProgress;
          name = __typename;
          if (index === 0 && (job.stage === when || __typename === when)) result ??= cancel(id, immediately);
        }
        return name;
      }),
    );
    for (const client of clients) await client.dispose();
    return { last, ...(await result!) };
  }

  /** A job that runs to its end: the engine is free and sound. */
  async function runsAgain(): Promise<void> {
    const id = await submit({ steps: 1 });
    const client = connect(server.url);
    for await (const { data } of subscribe(client, ProgressDocument, { jobId: id })) {
      expect(data).toBeTruthy();
    }
    await client.dispose();
    expect((await ask(server.url, JobDocument, { id })).job?.status).toBe('SUCCEEDED');
  }

  it.each([
    ['loading', 'LOADING_MODEL', false, {}],
    ['sampling', 'Img2ImgStep', false, { steps: 150 }],
    ['sampling, at once', 'Img2ImgStep', true, { steps: 150 }],
    ['decoding', 'DECODING', false, { steps: 1, batchSize: 4, width: 256, height: 256 }],
  ])(
    'ends a job that is %s, tells every watcher, and leaves the engine free',
    async (...[, when, immediately, input]) => {
      const id = await submit(input);
      const { last, result, job } = await cancelWhen(id, when, immediately);
      expect({ last, result, status: job?.status }).toEqual({
        last: ['Img2ImgCanceled', 'Img2ImgCanceled'],
        result: 'CANCELED',
        status: 'CANCELED',
      });
      expect((await cancel(id, immediately)).result).toBe('ALREADY_CANCELED');
      await runsAgain();
      expect((await ask(server.url, JobDocument, { id })).job).toMatchObject({
        status: 'CANCELED',
        images: [],
      });
      expect((await cancel(id, true)).result).toBe('ALREADY_CANCELED');
    },
  );

  it('gives the memory back: the whole process at once, or between steps what the job took', async () => {
    await runsAgain();
    const before = await device();
    for (let i = 0; i < 8; i++) {
      await cancelWhen(await submit({ steps: 150, width: 256, height: 256, seed: String(i) }), 'Img2ImgStep');
    }
    await runsAgain();
    const after = await device();
    expect(after.residentBytes - before.residentBytes).toBeLessThan(200 * MB);
    await cancelWhen(await submit({ steps: 150 }), 'Img2ImgStep', true);
    await runsAgain();
    const fresh = await device();
    expect(fresh.processId).not.toBe(after.processId);
    expect(fresh.residentBytes).toBeLessThan(after.residentBytes + 50 * MB);
  });
});
