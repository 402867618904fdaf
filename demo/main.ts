import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { Narrator } from './narrator.ts';

/**
 * `npm run demo`: starts the server on a free port, sends `img2img` with the example picture and the bundled model, first an edit
 * that keeps the picture, then one that leaves little of it, follows each job over WebSocket and writes every preview and the final
 * image under `out/`.
 */

const narrator = new Narrator(console.log);

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'out');

const INPUT = {
  model: 'starter',
  negativePrompt: '',
  width: 256,
  height: 256,
  steps: 20,
  cfg: 6,
  seed: 7,
};

interface Edit {
  /** What the names of its files begin with. */
  readonly prefix: string;
  readonly prompt: string;
  readonly denoiseStrength: number;
}

const EDITS: readonly Edit[] = [
  { prefix: '', prompt: 'a green meadow at day, a red house', denoiseStrength: 0.6 },
  { prefix: 'sea-', prompt: 'the sea at sunset, a red boat', denoiseStrength: 0.9 },
];

const IMG2IMG = /* GraphQL */ `
  mutation Demo($input: Img2ImgInput!) {
    img2img(input: $input) {
      job {
        id
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`;

const PROGRESS = /* GraphQL */ `
  subscription Demo($jobId: ID!) {
    img2imgProgress(jobId: $jobId) {
      __typename
      job {
        stage
        warnings {
          message
        }
      }
      ... on Img2ImgStep {
        step
        totalSteps
        sigma
        preview(size: 256, format: PNG) {
          dataUri
        }
      }
      ... on Img2ImgCompleted {
        images {
          url
          width
          height
          seed
        }
      }
      ... on Img2ImgFailed {
        error {
          code
          message
        }
      }
    }
  }
`;

interface Img2ImgAnswer {
  data?: {
    img2img: {
      job: { id: string } | null;
      userErrors: { code: string; field: string[] | null; message: string }[];
    };
  };
  errors?: { message: string }[];
}

type ProgressEvent =
  | { __typename: 'Img2ImgQueued' | 'Img2ImgStage' | 'Img2ImgCanceled'; job: { stage: string } }
  | {
      __typename: 'Img2ImgStep';
      job: { stage: string };
      step: number;
      totalSteps: number;
      sigma: number;
      preview: { dataUri: string } | null;
    }
  | { __typename: 'Img2ImgCompleted'; images: { url: string; width: number; height: number; seed: string }[] }
  | { __typename: 'Img2ImgFailed'; error: { code: string; message: string } };

/** Starts the real server as its own process; resolves with its address. */
async function startServer(dataDir: string): Promise<{ server: ChildProcess; url: string }> {
  const server = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'src/main.ts')], {
    cwd: ROOT,
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      API_KEYS: '', // the demo is its own client
      PUBLIC_URL: '',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /LatentQL ready on (http:\S+)/.exec(line)?.[1];
    if (url !== undefined) return { server, url };
    narrator.say(line);
  }
  throw new Error('the server ended before it was ready');
}

async function submit(url: string, image: Blob, { prompt, denoiseStrength }: Edit): Promise<string> {
  const form = new FormData(); // GraphQL multipart request
  const input = { ...INPUT, prompt, denoiseStrength, image: null };
  form.set('operations', JSON.stringify({ query: IMG2IMG, variables: { input } }));
  form.set('map', JSON.stringify({ 0: ['variables.input.image'] }));
  form.set('0', image, 'example.png');
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'x-graphql-yoga-csrf': 'demo' },
    body: form,
  });
  const answer = (await response.json()) as Img2ImgAnswer;
  const payload = answer.data?.img2img;
  if (payload?.job) return payload.job.id;
  throw new Error(JSON.stringify(payload?.userErrors ?? answer.errors));
}

const bar = (done: number, total: number): string =>
  '█'.repeat(Math.round((24 * done) / total)).padEnd(24, '·');

/** Follows the job to its end; returns the paths of what was written. */
async function follow(url: string, jobId: string, prefix: string): Promise<string[]> {
  const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
  const written: string[] = [];
  const write = async (name: string, bytes: Buffer) => {
    const file = join(OUT, `${prefix}${name}`);
    await writeFile(file, bytes);
    written.push(relative(process.cwd(), file));
  };
  try {
    for await (const { data, errors } of client.iterate<{ img2imgProgress: ProgressEvent }>({
      query: PROGRESS,
      variables: { jobId },
    })) {
      if (!data) throw new Error(JSON.stringify(errors));
      const event = data.img2imgProgress;
      switch (event.__typename) {
        case 'Img2ImgStep': {
          const number = String(event.step).padStart(2, '0');
          narrator.say(
            `  ${bar(event.step, event.totalSteps)} ${number}/${event.totalSteps}  σ ${event.sigma.toFixed(3)}`,
          );
          const png = event.preview?.dataUri.split(',')[1];
          if (png !== undefined) await write(`preview-${number}.png`, Buffer.from(png, 'base64'));
          break;
        }
        case 'Img2ImgCompleted':
          for (const [i, image] of event.images.entries()) {
            const response = await fetch(image.url);
            if (!response.ok) throw new Error(`${image.url} answered ${response.status}`);
            await write(i === 0 ? 'final.png' : `final-${i}.png`, Buffer.from(await response.arrayBuffer()));
          }
          return written;
        case 'Img2ImgFailed':
          throw new Error(`the job failed: ${event.error.code}: ${event.error.message}`);
        case 'Img2ImgCanceled':
          throw new Error('the job was canceled');
        case 'Img2ImgQueued':
        case 'Img2ImgStage':
          narrator.say(`  ${event.job.stage.toLowerCase().replaceAll('_', ' ')}`);
      }
    }
    throw new Error('the subscription ended before the job did');
  } finally {
    await client.dispose();
  }
}

async function main(): Promise<void> {
  narrator.said('starting the server …'); // by demo/start.mjs
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  const dataDir = await mkdtemp(join(tmpdir(), 'latentql-demo-'));
  const example = new Blob([await readFile(join(ROOT, 'assets/example.png'))], { type: 'image/png' });
  let server: ChildProcess | undefined;
  try {
    const started = await startServer(dataDir);
    server = started.server;
    narrator.say(`server on ${started.url}`);
    for (const edit of EDITS) {
      const jobId = await submit(started.url, example, edit);
      narrator.say(`job ${jobId}: "${edit.prompt}", strength ${edit.denoiseStrength}`);
      const written = await follow(started.url, jobId, edit.prefix);
      narrator.say(`${written.length - 1} previews and ${written.at(-1) ?? ''} written`);
    }
  } finally {
    if (server?.exitCode === null) {
      const running = server;
      await new Promise((resolve) => {
        running.once('exit', resolve);
        running.kill('SIGTERM');
      });
    }
    narrator.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

await main();
