import { CheckpointError, type FileContent } from '../engine/index.ts';
import type { AdapterList, Img2ImgParts } from '../jobs/img2img.ts';
import type { JobFile, JobRefiner } from '../jobs/request.ts';
import type { AdapterFiles } from '../models/adapter-files.ts';
import type { InstalledModels } from '../models/installed-models.ts';
import type { ModelHashes } from '../models/model-hashes.ts';

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
  const contentIn = (files: readonly FileContent[], name: string) =>
    files.find((file) => file.name === name)?.content ?? 'none';
  for (const { name } of [...accepted, ...now]) {
    const [expected, found] = [contentIn(accepted, name), contentIn(now, name)];
    if (expected === found) continue;
    throw new CheckpointError(
      `the file ${name} of the model ${model} has changed since the job was accepted: expected ${expected}, ` +
        `found ${found}; put the file back, or submit the job again`,
    );
  }
}
