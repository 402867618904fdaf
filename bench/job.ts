import { openAsBlob } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parse } from 'graphql';
import { ask, connect, subscribe, upload } from '../test/client/request.ts';
import { startServerProcess } from '../test/server-process.ts';

/**
 * Runs jobs with the example picture, one after the other, through the API of a new server. Prints for each
 * one the total seconds, per stage and per step, and the card memory in use afterwards; finally the peak
 * memory of the engine process (Linux).
 * `npm run bench -- job --model <Model> [--models-dir <folder>] [--device cuda] [--jobs 3] [--size 512]
 * [--steps 2] [--cfg 8] [--memory-limit 8GB]`
 */
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'starter' },
    'models-dir': { type: 'string', default: 'models' },
    device: { type: 'string', default: 'cpu' },
    jobs: { type: 'string', default: '1' },
    size: { type: 'string', default: '512' },
    steps: { type: 'string', default: '2' },
    cfg: { type: 'string', default: '8' },
    'memory-limit': { type: 'string' },
  },
});

interface Answer {
  img2img: { job: { id: string } | null; userErrors: { message: string }[] };
}
const IMG2IMG: TypedDocumentNode<Answer, { input: { image: Blob } }> = parse(/* GraphQL */ `
  mutation ($input: Img2ImgInput!) {
    img2img(input: $input) {
      job {
        id
      }
      userErrors {
        message
      }
    }
  }
`);
const PROGRESS: TypedDocumentNode<unknown, { jobId: string }> = parse(/* GraphQL */ `
  subscription ($jobId: ID!) {
    img2imgProgress(jobId: $jobId) {
      ... on Img2ImgStep {
        preview {
          dataUri
        }
      }
      ... on Img2ImgFailed {
        error {
          message
        }
      }
    }
  }
`);
interface Ended {
  job: { status: string; totalSteps: number; timings: { stage: string; milliseconds: number }[] };
  engine: { devices: { memoryUsedBytes: number | null }[] };
}
const ENDED: TypedDocumentNode<Ended, { id: string }> = parse(/* GraphQL */ `
  query ($id: ID!) {
    job(id: $id) {
      status
      totalSteps
      timings {
        stage
        milliseconds
      }
    }
    engine {
      devices {
        memoryUsedBytes
      }
    }
  }
`);

const MB = 2 ** 20;
const FIELDS = ['RssAnon', 'RssFile', 'VmSwap'] as const;

const dataDir = await mkdtemp(join(tmpdir(), 'latentql-bench-'));
const server = await startServerProcess({
  DATA_DIR: dataDir,
  MODELS_DIR: values['models-dir'],
  DEVICE: values.device,
  ...(values['memory-limit'] !== undefined && { MEMORY_LIMIT: values['memory-limit'] }),
});
const peaks = new Map<string, number>();
const client = connect(server.url);
const watch = setInterval(() => void watchMemory(), 100);
try {
  for (let job = 1; job <= Number(values.jobs); job++) console.log(JSON.stringify(await runJob()));
  console.log(JSON.stringify(Object.fromEntries(peaks)));
} finally {
  clearInterval(watch);
  await client.dispose();
  await server.end('SIGTERM');
  await rm(dataDir, { recursive: true });
}

/** Runs a job to its end, with a client that watches its previews. */
async function runJob(): Promise<Record<string, unknown>> {
  const image = await openAsBlob(join(import.meta.dirname, '../assets/example.png'));
  const side = Number(values.size);
  const input = {
    model: values.model,
    width: side,
    height: side,
    steps: Number(values.steps),
    denoiseStrength: 1,
    cfg: Number(values.cfg),
  };
  const start = performance.now();
  const { data, errors } = await upload(server.url, IMG2IMG, { input: { ...input, image } });
  const id = data?.img2img.job?.id;
  if (id === undefined) throw new Error(JSON.stringify(errors ?? data?.img2img.userErrors));
  for await (const event of subscribe(client, PROGRESS, { jobId: id })) {
    if (event.errors) throw new Error(JSON.stringify(event.errors));
  }
  const total = (performance.now() - start) / 1000;
  const { job, engine } = await ask(server.url, ENDED, { id });
  if (job.status !== 'SUCCEEDED') throw new Error(JSON.stringify(job));
  const seconds = Object.fromEntries(
    job.timings.map(({ stage, milliseconds }) => [stage, milliseconds / 1000]),
  );
  return {
    seconds: { total, ...seconds },
    secondsPerStep: seconds['SAMPLING']! / job.totalSteps,
    cardBytes: engine.devices.map(({ memoryUsedBytes }) => memoryUsedBytes),
  };
}

/** Records the memory of the server's child, the engine process: by kind and, as `resident`, in total. */
async function watchMemory(): Promise<void> {
  for (const task of await readdir(`/proc/${server.process.pid}/task`)) {
    const children = await readFile(`/proc/${server.process.pid}/task/${task}/children`, 'utf8').catch(
      () => '',
    );
    for (const child of children.trim().split(' ').filter(Boolean)) {
      const status = await readFile(`/proc/${child}/status`, 'utf8').catch(() => '');
      const megabytes = FIELDS.map((field) => {
        const kilobytes = Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
        return [`${field}MB`, Math.round((kilobytes * 1024) / MB)] as const;
      });
      const resident = megabytes[0]![1] + megabytes[1]![1];
      for (const [name, value] of [...megabytes, ['residentMB', resident] as const]) {
        peaks.set(name, Math.max(peaks.get(name) ?? 0, value));
      }
    }
  }
}
