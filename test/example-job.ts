import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Img2ImgDocument, ProgressDocument } from './client/generated/graphql.ts';
import { connect, subscribe, upload } from './client/request.ts';

const EXAMPLE = join(import.meta.dirname, '../assets/example.png');

/** Sends the example picture to a server with the bundled model; the job's id. */
export async function submitExample(url: string, changes: Record<string, unknown> = {}): Promise<string> {
  const image = new Blob([await readFile(EXAMPLE)], { type: 'image/png' });
  const input = { model: 'starter', width: 128, height: 128, steps: 8, cfg: 4, prompt: 'snow', ...changes };
  const { data } = await upload(url, Img2ImgDocument, { input: { ...input, image } });
  expect(data?.img2img.userErrors).toEqual([]);
  return data!.img2img.job!.id;
}

/** Watches a job until `done` says so, or to its end; the types of its events. */
export async function watchJob(
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
