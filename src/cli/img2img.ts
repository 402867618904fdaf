import { constants, openAsBlob } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { mustHaveAddressSpace } from '../address-space.ts';
import type { ClientError, Img2ImgEvent, Img2ImgInput, Job, LatentQL } from '../client/index.ts';
import { CommandError, EXIT, ending } from './exit.ts';
import { onInterrupt } from './interrupt.ts';
import { progressLine } from './progress-line.ts';
import { applySettings, takeSettings } from './setting-flags.ts';

/** The parsed flags of `img2img`. */
interface PictureOptions {
  readonly prompt?: string;
  readonly negativePrompt?: string;
  readonly model: string;
  readonly output: string;
  readonly width?: number;
  readonly height?: number;
  readonly steps?: number;
  readonly cfg?: number;
  readonly denoise?: number;
  readonly seed?: string;
  readonly sampler?: Img2ImgInput['samplerName'];
  readonly scheduler?: Img2ImgInput['scheduler'];
  readonly batch?: number;
  readonly url?: string;
  readonly key?: string;
}

/** Longer side of a preview in a terminal, in pixels. */
const PREVIEW = 256;

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('expected a number');
};

/** `img2img`: one job from the command line, on a server or without one. */
export function addImg2Img(program: Command): void {
  const command = program
    .command('img2img')
    .description('generates a picture from a picture, or from a prompt alone; needs no server')
    .addArgument(new Argument('[picture]', 'source picture; without one: text to image'))
    .option('-p, --prompt <text>', 'what the picture should show; (word:1.2) sets a weight')
    .option('-n, --negative-prompt <text>', 'what it should not show')
    .option('-m, --model <name>', 'an installed model (latentql models list)', 'starter')
    .option('-o, --output <file>', 'PNG to write; a batch gets numbers: out-1.png', 'out.png')
    .option('--width <pixels>', 'default: recommended for the model', number)
    .option('--height <pixels>', 'default: recommended for the model', number)
    .option('--steps <number>', 'default: recommended for the model', number)
    .option('--cfg <number>', 'guidance scale; default: recommended for the model', number)
    .option('--denoise <number>', '0 keeps the source, 1 ignores it; default: 0.75', number)
    .option('--seed <number>', 'default: a new one each time')
    .option(
      '--sampler <name>',
      'sampling algorithm, listed in docs/api.md; default: recommended for the model',
    )
    .option('--scheduler <name>', 'noise schedule, listed in docs/api.md; default: recommended for the model')
    .option('--batch <number>', 'number of pictures', number)
    .option('--url <address>', 'server that runs the job; default: this machine')
    .option('--key <key>', 'API key of that server; LATENTQL_KEY hides it from other users of the machine');
  takeSettings(command, ['MODELS_DIR', 'DEVICE', 'PRECISION', 'MEMORY_LIMIT', 'DEVICE_MEMORY_LIMIT']).action(
    ending(async (picture: string | undefined, options: PictureOptions) => {
      if (picture === undefined && options.prompt === undefined)
        command.error('error: give a picture, a --prompt, or both');
      applySettings(command);
      await mustBeWritable(options.output);
      const image = picture === undefined ? undefined : await readPicture(picture);
      const interrupt = onInterrupt();
      const place = await reach(options);
      try {
        return await makePictures(place.client, inputOf(options, image), options, interrupt.signal);
      } catch (error) {
        throw inWordsOfFlags(error, options);
      } finally {
        interrupt.release();
        await place.close();
      }
    }),
  );
}

/** The error for a refused name, in terms of flags instead of API fields. */
function inWordsOfFlags(error: unknown, { model, sampler, scheduler, url }: PictureOptions): unknown {
  if (!(error instanceof Error)) return error;
  const { code, field } = error as Partial<ClientError>;
  const name = /at "input\.(samplerName|scheduler)"/.exec(error.message)?.[1];
  if (name === 'samplerName') return new CommandError(`--sampler: unknown sampler "${sampler!}"`);
  if (name === 'scheduler') return new CommandError(`--scheduler: unknown scheduler "${scheduler!}"`);
  if (code !== 'UNSUPPORTED' || field?.at(-1) !== 'modelName') return error;
  const list = url === undefined ? ': see latentql models list' : '';
  return new CommandError(`--model: unknown model "${model}"${list}`);
}

/** Throws CommandError. */
async function readPicture(path: string): Promise<Blob> {
  try {
    await access(path, constants.R_OK); // openAsBlob does not give the reason
    return await openAsBlob(path);
  } catch (error) {
    throw new CommandError(`${basename(path)} cannot be read: ${(error as Error).message}`);
  }
}

/** Checks the output before the job runs. Throws CommandError. */
async function mustBeWritable(file: string): Promise<void> {
  try {
    await access(dirname(file), constants.W_OK);
    if ((await stat(file).catch(() => undefined))?.isDirectory()) throw new Error('it is a folder');
  } catch (error) {
    throw new CommandError(`--output: ${file} cannot be written: ${(error as Error).message}`);
  }
}

/** A server that runs the job, and how to disconnect. */
interface Place {
  readonly client: LatentQL;
  readonly close: () => Promise<void>;
}

async function reach({ url, key = process.env['LATENTQL_KEY'] }: PictureOptions): Promise<Place> {
  const { LatentQL } = await import('../client/index.ts');
  if (url === undefined) {
    mustHaveAddressSpace();
    const { startOwnServer } = await import('./own-server.ts');
    const server = await startOwnServer(process.env);
    const client = new LatentQL(server);
    return {
      client,
      close: async () => {
        await client.close();
        await server.close();
      },
    };
  }
  if (!URL.canParse(url)) throw new CommandError(`--url: expected an http or https URL, got "${url}"`);
  const client = new LatentQL({ url, key });
  return { client, close: () => client.close() };
}

/** The input of the mutation; null selects the model's recommendation. */
const inputOf = (options: PictureOptions, image: Blob | undefined): Img2ImgInput => ({
  modelName: options.model,
  width: options.width ?? null,
  height: options.height ?? null,
  steps: options.steps ?? null,
  cfg: options.cfg ?? null,
  samplerName: options.sampler ?? null,
  scheduler: options.scheduler ?? null,
  seed: options.seed ?? -1,
  ...(options.prompt !== undefined && { prompt: options.prompt }),
  ...(options.negativePrompt !== undefined && { negativePrompt: options.negativePrompt }),
  ...(options.denoise !== undefined && { denoiseStrength: options.denoise }),
  ...(options.batch !== undefined && { batchSize: options.batch }),
  ...(image && { image }),
});

async function makePictures(
  client: LatentQL,
  input: Img2ImgInput,
  { output }: PictureOptions,
  signal: AbortSignal,
): Promise<number> {
  const accepted = await client.img2img(input);
  for (const { message } of accepted.warnings) console.error(message);
  const cancel = () => void client.cancel(accepted.id).catch(() => undefined);
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const job = await follow(client, accepted);
  signal.removeEventListener('abort', cancel);
  if (job.status === 'CANCELED') {
    console.error('canceled');
    return EXIT.interrupted;
  }
  if (job.error) throw new CommandError(`the job failed: ${job.error.message}`);
  for (const [i, image] of job.images.entries()) {
    const file = job.images.length === 1 ? output : numbered(output, i + 1);
    await writeFile(file, await client.download(image));
    console.log(`${file}  seed ${image.seed}  ${image.width}×${image.height}`);
  }
  return EXIT.done;
}

const numbered = (file: string, number: number): string => {
  const extension = extname(file);
  return `${file.slice(0, file.length - extension.length)}-${number}${extension}`;
};

/** Shows the progress of a job; resolves with the ended job. */
async function follow(client: LatentQL, accepted: Job): Promise<Job> {
  const line = progressLine(process.stderr);
  let job = accepted;
  try {
    for await (const event of client.watch(accepted.id, line.hasPictures ? { preview: PREVIEW } : {})) {
      job = event.job;
      if (event.preview)
        line.picture(await (await import('../images/as-png.ts')).asPng(event.preview.dataUri));
      line.show(doneOf(event), textOf(event));
    }
  } finally {
    line.end();
  }
  return job;
}

const doneOf = ({ job }: Img2ImgEvent): number =>
  job.status === 'SUCCEEDED' ? 1 : job.totalSteps ? job.step / job.totalSteps : 0;

function textOf(event: Img2ImgEvent): string {
  const stage = event.job.stage.toLowerCase().replaceAll('_', ' ');
  if (event.__typename !== 'Img2ImgStep') return stage;
  const left = event.etaSeconds == null ? '' : `  ${Math.ceil(event.etaSeconds)} s left`;
  return `step ${event.step} of ${event.totalSteps}${left}`;
}
