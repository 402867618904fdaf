import type { JobWarning, JobWarningCode } from '../jobs/job.ts';
import type { Img2ImgSettings, JobFile } from '../jobs/request.ts';

const CHANGED: JobWarningCode = 'FILE_CHANGED';

/** The files that a request pins, each with the field that names it. */
const filesOf = (
  request: Img2ImgSettings,
): (readonly [kind: string, field: string, file: JobFile | null | undefined])[] => [
  ...(request.loras ?? []).map((file) => ['LoRA', 'loras', file] as const),
  ...(request.embeddings ?? []).map((file) => ['embedding', 'prompt', file] as const),
  ...(request.controls ?? []).map((file) => ['control', 'controls', file] as const),
  ['VAE', 'vae', request.vae],
  ['tiny decoder', 'decoder', request.tinyDecoder],
  ['upscaler', 'upscale', request.upscale?.model],
  ['refiner', 'refiner', request.refiner],
];

/** Warnings for files that are not what they were when another job was accepted with them: the pictures will differ. */
export function changedFiles(before: Img2ImgSettings, now: Img2ImgSettings): JobWarning[] {
  const warning = (field: string, what: string): JobWarning => ({
    code: CHANGED,
    field: ['input', field],
    message: `${what} has changed since the other job was accepted: the pictures will differ.`,
  });
  const known = filesOf(before);
  const changed = filesOf(now).flatMap(([kind, field, file]) => {
    const old = known.find(([other, , one]) => file && other === kind && one?.name === file.name)?.[2];
    return file && old && old.sha256 !== file.sha256 ? [warning(field, `The ${kind} ${file.name}`)] : [];
  });
  const isSame = JSON.stringify(before.modelFiles) === JSON.stringify(now.modelFiles);
  const isModel = before.model === now.model && before.modelFiles && now.modelFiles && !isSame;
  return [...(isModel ? [warning('model', `The model ${now.model}`)] : []), ...changed];
}
