import { CheckpointError } from '../engine/index.ts';
import type { AdapterList, Img2ImgParts } from '../jobs/img2img.ts';
import type { JobFile } from '../jobs/request.ts';
import type { AdapterFiles } from '../models/adapter-files.ts';
import type { InstalledModels } from '../models/installed-models.ts';
import type { ModelHashes } from '../models/model-hashes.ts';

/** Where the files of jobs are searched. */
export interface JobFileParts {
  readonly models: Pick<InstalledModels, 'get' | 'pathOf'>;
  readonly adapters: Readonly<Record<AdapterList, Pick<AdapterFiles<object>, 'pathOf'>>>;
  readonly hashes: Pick<ModelHashes, 'read'>;
}

/** Finds the files of jobs on this machine, with the content that they had when the job was accepted. */
export const filesOfJobs = ({
  models,
  adapters,
  hashes,
}: JobFileParts): Pick<Img2ImgParts, 'checkpointOf' | 'refinerOf' | 'adapterOf'> => ({
  checkpointOf: (model) => checkpointPath(model, models),
  refinerOf: (refiner) => refinerPath(refiner, models, hashes),
  adapterOf: async (kind, pinned) => unchanged(pinned, NAMES[kind], await adapters[kind].pathOf(pinned)),
});

/** Names of the kinds of adapters, for messages. */
const NAMES: Readonly<Record<AdapterList, string>> = {
  loras: 'LoRA',
  controls: 'control',
  embeddings: 'embedding',
  vaes: 'VAE',
  upscalers: 'upscaler',
};

/** Throws CheckpointError if the refiner was removed or replaced since its job was accepted. */
async function refinerPath(
  refiner: JobFile,
  models: JobFileParts['models'],
  hashes: JobFileParts['hashes'],
): Promise<string> {
  const path = await checkpointPath(refiner.name, models);
  const isSame = (await hashes.read(path)) === refiner.sha256;
  return unchanged(refiner, 'refiner', isSame ? path : undefined);
}

/** The path of the file with the content that the job was accepted with. Throws CheckpointError if it is gone. */
function unchanged(pinned: JobFile, kind: string, path: string | undefined): string {
  if (path !== undefined) return path;
  throw new CheckpointError(
    `the ${kind} ${pinned.name} (${pinned.file}) has changed since the job was accepted, or is gone: ` +
      `put the file with SHA-256 ${pinned.sha256} back, or submit the job again`,
  );
}

/** Throws CheckpointError if the model was removed since its job was accepted. */
async function checkpointPath(name: string, models: JobFileParts['models']): Promise<string> {
  const model = await models.get(name);
  const path = models.pathOf(name);
  if (model?.installed && path !== undefined) return path;
  throw new CheckpointError(`${name} is no longer installed${model?.problem ? `: ${model.problem}` : ''}`);
}
