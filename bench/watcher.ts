import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

/**
 * A client in a separate process that receives every preview of a job, so that its cost does not count as the
 * server's.
 */

/** Resolves when the job has ended and the watcher with it. */
export async function watchFromAnotherProcess(url: string, jobId: string): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), [url, jobId], { execArgv: ['--import', 'tsx'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the watcher ended with exit code ${code}`);
}

const PROGRESS = /* GraphQL */ `
  subscription Watch($jobId: ID!) {
    img2imgProgress(jobId: $jobId) {
      __typename
      ... on Img2ImgStep {
        step
        preview {
          dataUri
        }
      }
    }
  }
`;

async function watch(url: string, jobId: string): Promise<void> {
  const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
  for await (const { errors } of client.iterate({ query: PROGRESS, variables: { jobId } })) {
    if (errors) throw new Error(JSON.stringify(errors));
  }
  await client.dispose();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [url, jobId] = process.argv.slice(2);
  await watch(url!, jobId!);
}
