import { CheckpointError, type FileContent } from '../engine/index.ts';
import type { AdapterList, Img2ImgParts } from '../jobs/img2img.ts';
import type { Img2ImgSettings, JobFile, JobRefiner } from '../jobs/request.ts';
import type { AdapterFiles } from '../models/adapter-files.ts';
import type { InstalledModels } from '../models/installed-models.ts';
import type { ModelHashes } from '../models/model-hashes.ts';
import type { WorkerState } from './cluster.ts';

/** Where the files of jobs are searched. */
export interface JobFileParts {
  readonly models: Pick<InstalledModels, 'get' | 'pathOf'>;
  readonly adapters: Readonly<
    Record<AdapterList, Pick<AdapterFiles<{ readonly problem: string | null }>, 'pathOf' | 'pathTo'>>
  >;
  readonly hashes: Pick<ModelHashes, 'read'>;
}

/** Finds the files of jobs on this machine, with the content that they had when the job was accepted. */
export const filesOfJobs = ({
  models,
  adapters,
  hashes,
}: JobFileParts): Pick<Img2ImgParts, 'checkpointOf' | 'refinerOf' | 'adapterOf'> => ({
  checkpointOf: ({ model, modelFiles }) => checkpointPath(model, models, modelFiles),
  refinerOf: (refiner) => refinerPath(refiner, models, hashes),
  adapterOf: async (kind, pinned) => {
    const path = await adapters[kind].pathOf(pinned);
    return path ?? changed(pinned, NAMES[kind], await hashes.read(adapters[kind].pathTo(pinned)));
  },
});

/** Names of the kinds of adapters, for messages. */
const NAMES: Readonly<Record<AdapterList, string>> = {
  loras: 'LoRA',
  controls: 'control',
  embeddings: 'embedding',
  vaes: 'VAE',
  upscalers: 'upscaler',
};

/**
 * Whether a worker has announced a job's files with the content that they had when it was accepted. What older workers do not
 * announce counts as there.
 */
export function announcesFiles(request: Img2ImgSettings, worker: Omit<WorkerState, 'engines'>): boolean {
  const { model, modelFiles, refiner, vae, tinyDecoder, upscale } = request;
  const hasModel = (name: string, accepted?: readonly FileContent[], sha256?: string): boolean =>
    worker.models.some(
      (one) =>
        one.name === name &&
        one.installed &&
        (sha256 === undefined || one.hash == null || one.hash === sha256) &&
        (!accepted || !one.files || firstChanged(accepted, one.files) === undefined),
    );
  const has = (kind: AdapterList, pinned: readonly (JobFile | null | undefined)[] = []): boolean =>
    pinned.every(
      (file) => !file || !worker[kind] || worker[kind].some(({ sha256 }) => sha256 === file.sha256),
    );
  return (
    hasModel(model, modelFiles) &&
    (!refiner || hasModel(refiner.name, refiner.files, refiner.sha256)) &&
    has('loras', request.loras) &&
    has('controls', request.controls) &&
    has('embeddings', request.embeddings) &&
    has('vaes', [vae, tinyDecoder]) &&
    has('upscalers', [upscale?.model])
  );
}

/** Throws CheckpointError if the refiner was removed or replaced since its job was accepted. */
async function refinerPath(
  refiner: JobRefiner,
  models: JobFileParts['models'],
  hashes: JobFileParts['hashes'],
): Promise<string> {
  const path = await checkpointPath(refiner.name, models, refiner.files);
  const found = await hashes.read(path);
  return found === refiner.sha256 ? path : changed(refiner, 'refiner', found);
}

/** Throws CheckpointError for a file whose content is not what the job was accepted with; `found` is its hash, if it is there. */
function changed({ name, file, sha256 }: JobFile, kind: string, found: string | undefined): never {
  const what = `the ${kind} ${name} (${file})`;
  throw new CheckpointError(
    found === undefined
      ? `${what} is gone since the job was accepted: put the file with SHA-256 ${sha256} back, or submit the job again`
      : `${what} has changed since the job was accepted: expected SHA-256 ${sha256}, found ${found}; ` +
          'put the file back, or submit the job again',
  );
}

/** Throws CheckpointError if the model was removed or one of its files was changed since its job was accepted. */
async function checkpointPath(
  name: string,
  models: JobFileParts['models'],
  accepted: readonly FileContent[] | undefined,
): Promise<string> {
  const model = await models.get(name);
  const path = models.pathOf(name);
  if (!model?.installed || path === undefined)
    throw new CheckpointError(`${name} is no longer installed${model?.problem ? `: ${model.problem}` : ''}`);
  if (accepted && model.files) mustBeSame(name, accepted, model.files);
  return path;
}

/** Throws CheckpointError for the first file of a model that is not what it was. */
function mustBeSame(model: string, accepted: readonly FileContent[], now: readonly FileContent[]): void {
  const changed = firstChanged(accepted, now);
  if (!changed) return;
  const { name, expected, found } = changed;
  throw new CheckpointError(
    `the file ${name} of the model ${model} has changed since the job was accepted: expected ${expected}, ` +
      `found ${found}; put the file back, or submit the job again`,
  );
}

/** The first file of a model that is not what it was. */
function firstChanged(
  accepted: readonly FileContent[],
  now: readonly FileContent[],
): { readonly name: string; readonly expected: string; readonly found: string } | undefined {
  const contentIn = (files: readonly FileContent[], name: string) =>
    files.find((file) => file.name === name)?.content ?? 'none';
  return [...accepted, ...now]
    .map(({ name }) => ({ name, expected: contentIn(accepted, name), found: contentIn(now, name) }))
    .find(({ expected, found }) => expected !== found);
}
