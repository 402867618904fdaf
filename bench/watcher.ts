import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

/**
 * A client in a separate process that receives every preview of a job, so that its cost does not count as the
 * server's. It starts before the first job: loading its modules takes more processor time than a short job.
 */
export interface Watcher {
  /** Resolves when the job has ended and every event was received. */
  watch(jobId: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts a client of this server and waits until it is connected. */
export async function startWatcher(url: string): Promise<Watcher> {
  const child = fork(fileURLToPath(import.meta.url), [url], { execArgv: ['--import', 'tsx'] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the watcher ended with exit code ${code}`);
  });
  ended.catch(() => undefined);
  const answer = () => Promise.race([once(child, 'message'), ended]);
  await answer();
  return {
    watch: async (jobId) => {
      child.send(jobId);
      await answer();
    },
    close: async () => {
      child.disconnect();
      await ended.catch(() => undefined);
    },
  };
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

/** Watches the jobs that the parent names, and answers after the last event of each. */
function serveParent(url: string): void {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    lazy: false,
    on: { connected: () => process.send!('connected') },
  });
  process.on('message', (jobId: string) => {
    watch(jobId).then(
      () => process.send!('ended'),
      (error: unknown) => {
        throw error;
      },
    );
  });
  process.on('disconnect', () => void client.dispose());

  async function watch(jobId: string): Promise<void> {
    for await (const { errors } of client.iterate({ query: PROGRESS, variables: { jobId } }))
      if (errors) throw new Error(JSON.stringify(errors));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) serveParent(process.argv[2]!);
