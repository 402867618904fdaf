import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JobDocument, SettingsOfDocument } from '../client/generated/graphql.ts';
import { ask } from '../client/request.ts';
import { submitExample, watchJob } from '../example-job.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';

const STARTER = join(import.meta.dirname, '../../assets/models/starter.safetensors');

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

  const start = async () =>
    (server = await startServerProcess({
      DATA_DIR: folder,
      MODELS_DIR: join(folder, 'models'),
      DRAIN_TIMEOUT: '0',
    }));

  it('turns an upload into a picture that tells how it was made', async () => {
    const { url } = await start();
    const jobId = await submitExample(url, { seed: '18446744073709551615', batchSize: 2 });
    const seen = await watchJob(url, jobId);
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
