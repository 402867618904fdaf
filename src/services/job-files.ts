import { CheckpointError } from '../engine/index.ts';
import type { AdapterList, Img2ImgParts } from '../jobs/img2img.ts';
import type { JobFile } from '../jobs/request.ts';
import type { AdapterFiles } from '../models/adapter-files.ts';
import type { InstalledModels } from '../models/installed-models.ts';
import type { ModelHashes } from '../models/model-hashes.ts';

/** Where the files of jobs are looked for. */
export interface JobFileParts {
  readonly models: Pick<InstalledModels, 'get' | 'pathOf'>;
  readonly adapters: Readonly<Record<AdapterList, Pick<AdapterFiles<object>, 'pathOf'>>>;
  readonly hashes: Pick<ModelHashes, 'read'>;
}

/** Finds the files of jobs on this machine, each with the content that it had when its job was accepted. */
export const filesOfJobs = ({
  models,
  adapters,
  hashes,
}: JobFileParts): Pick<Img2ImgParts, 'checkpointOf' | 'refinerOf' | 'adapterOf'> => ({
  checkpointOf: (model) => checkpointPath(model, models),
  refinerOf: (refiner) => refinerPath(refiner, models, hashes),
  adapterOf: async (kind, pinned) => unchanged(pinned, NAMES[kind], await adapters[kind].pathOf(pinned)),
});

/** What a user calls an adapter. */
const NAMES: Readonly<Record<AdapterList, string>> = {
  loras: 'LoRA',
  controls: 'control',
  embeddings: 'embedding',
  vaes: 'VAE',
  upscalers: 'upscaler',
};

/** Throws CheckpointError if the refiner is gone or another file since its job was accepted. */
async function refinerPath(
  refiner: JobFile,
  models: JobFileParts['models'],
  hashes: JobFileParts['hashes'],
): Promise<string> {
  const path = await checkpointPath(refiner.name, models);
  const isSame = (await hashes.read(path)) === refiner.sha256;
  return unchanged(refiner, 'refiner', isSame ? path : undefined);
}

/** The path of the file that has the content of the job's acceptance. Throws CheckpointError if no file has it any more. */
function unchanged(pinned: JobFile, kind: string, path: string | undefined): string {
  if (path !== undefined) return path;
  throw new CheckpointError(
    `the ${kind} ${pinned.name} (${pinned.file}) has changed since the job was accepted, or is gone: ` +
      `put the file with SHA-256 ${pinned.sha256} back, or submit the job again`,
  );
}

/** Throws CheckpointError if the model is gone since its job was accepted. */
async function checkpointPath(name: string, models: JobFileParts['models']): Promise<string> {
  const model = await models.get(name);
  const path = models.pathOf(name);
  if (model?.installed && path !== undefined) return path;
  throw new CheckpointError(`${name} is no longer installed${model?.problem ? `: ${model.problem}` : ''}`);
}
