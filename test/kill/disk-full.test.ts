import { spawnSync } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CancelJobDocument, Img2ImgDocument, JobDocument } from '../client/generated/graphql.ts';
import { ask, post } from '../client/request.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';

/** A mount namespace of one's own: as root or, where the system lets anybody, as a user. */
const namespace = [
  ['unshare', '--mount'],
  ['unshare', '--mount', '--map-root-user'],
].find(
  ([command, ...args]) => spawnSync(command!, [...args, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0,
);

// Without one there is no small disk to fill; test/jobs/sqlite-full-disk.test.ts fills the database alone.
describe.skipIf(!namespace)('the server process on a disk that is full', () => {
  let folder: string;
  let server: ServerProcess;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-full-'));
    const disk = ['sh', '-c', `mount -t tmpfs -o size=4m none '${folder}' && exec "$0" "$@"`];
    server = await startServerProcess({ DATA_DIR: folder }, [...namespace!, ...disk]);
  });
  afterEach(async () => {
    await server.end('SIGKILL');
    await rm(folder, { recursive: true });
  });

  /** Takes the last free byte; returns how to give all of them back. */
  async function fill(): Promise<() => Promise<void>> {
    const path = `/proc/${server.process.pid}/root${folder}/filler`;
    const file = await open(path, 'w');
    for (let block = 65_536; block > 0;) {
      await file.write(Buffer.alloc(block)).catch(() => (block = Math.floor(block / 2)));
    }
    await file.close();
    return () => rm(path);
  }

  const submit = (input: Record<string, unknown>) =>
    post(server.url, Img2ImgDocument, {
      input: { model: 'starter', width: 64, height: 64, cfg: 1, ...input },
    });

  it('says so, stays up, loses nothing that it has acknowledged, and goes on when there is room again', async () => {
    const acknowledged: string[] = [];
    for (const seed of ['1', '2', '3']) {
      acknowledged.push((await submit({ seed, steps: 4 })).data!.img2img.job!.id);
    }
    const makeRoom = await fill();
    // The write-ahead log has some room of its own: requests are taken until that is used up.
    let refused;
    while (!refused) {
      const { data, errors, status } = await submit({ steps: 1, prompt: 'x'.repeat(5000) });
      if (data?.img2img.job) acknowledged.push(data.img2img.job.id);
      else refused = { errors, status };
    }
    expect(refused).toMatchObject({
      status: 507,
      errors: [
        { message: expect.stringContaining('no room') as string, extensions: { code: 'STORAGE_FULL' } },
      ],
    });
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
    const large = sharp({ create: { width: 400, height: 400, channels: 3, background: '#000', noise } });
    const imageUrl = `data:image/png;base64,${(await large.png().toBuffer()).toString('base64')}`;
    expect((await submit({ imageUrl })).errors).toMatchObject([{ extensions: { code: 'STORAGE_FULL' } }]);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    const ready = await fetch(`${server.url}/ready`);
    expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('no room')]);
    for (const id of acknowledged) expect((await ask(server.url, JobDocument, { id })).job).toBeTruthy();
    // A job can still end: the database has a reserve for that.
    const canceled = acknowledged.pop()!;
    expect((await ask(server.url, CancelJobDocument, { id: canceled })).cancelJob).toMatchObject({
      result: expect.stringMatching(/^(CANCELED|ALREADY_FINISHED)$/) as string,
      userErrors: [],
    });

    await makeRoom();
    await vi.waitFor(
      async () => {
        for (const id of acknowledged) {
          const { job } = await ask(server.url, JobDocument, { id });
          expect(job).toMatchObject({ status: 'SUCCEEDED', attempts: 1 });
          expect((await fetch(job!.images[0]!.url)).status).toBe(200);
        }
      },
      { timeout: 30_000, interval: 200 },
    );
    expect((await ask(server.url, CancelJobDocument, { id: acknowledged[0]! })).cancelJob.result).toBe(
      'ALREADY_FINISHED',
    );
    expect(server.log.filter((line) => line.includes('disk is full')).length).toBeGreaterThan(0);
    expect(await server.end('SIGTERM')).toBe(0);
  });
});
