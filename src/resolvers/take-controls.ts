import { InputError } from '../input-error.ts';
import type { JobControl, SourceImage } from '../jobs/job.ts';
import type { ModelDescription } from '../models/catalog.ts';
import type { ControlCatalog, ControlDescription } from '../models/control-catalog.ts';
import { takeSource } from '../sources/take-source.ts';
import { InputErrors } from './errors.ts';
import { familyMismatch } from './loras.ts';
import type { AskedControl } from './parse-controls.ts';
import type { Services } from './services.ts';
import { storedPicture } from './stored-picture.ts';

/** A control whose file is known, and what its picture is to be taken from. */
export interface PinnedControl extends Pick<AskedControl, 'given' | 'path'> {
  readonly control: Omit<JobControl, 'image'>;
}

/**
 * Finds the files of the controls and notes their content, so that no other is used later. Throws InputErrors, an entry for each
 * control that is not there or cannot be used with the model.
 */
export async function pinControls(
  asked: readonly AskedControl[],
  model: ModelDescription,
  catalog: ControlCatalog,
): Promise<PinnedControl[]> {
  const faults: InputError[] = [];
  const pinned: PinnedControl[] = [];
  for (const { given, path, ...use } of asked) {
    const found = await catalog.get(use.name);
    const field = [...path, 'model'];
    if (!found) {
      const message = `there is no control "${use.name}", or several have that name; see the controlModels query`;
      faults.push(new InputError('UNSUPPORTED', field, message));
      continue;
    }
    const fault = misuse(found, model) ?? (await catalog.misfit(found, model.name));
    if (fault !== '') faults.push(new InputError('INVALID_VALUE', field, fault));
    const { name, file, kind, sha256 } = found;
    pinned.push({ given, path, control: { ...use, name, file, kind: kind!, sha256: sha256! } });
  }
  if (faults.length > 0) throw new InputErrors(faults);
  return pinned;
}

/** Why a control cannot be used with a model; undefined if it can as far as their descriptions tell. */
function misuse(
  { name, problem, family, sha256 }: ControlDescription,
  model: ModelDescription,
): string | undefined {
  if (problem !== null) return `the control ${name} cannot be used: ${problem}`;
  if (sha256 === null)
    return `the control ${name} is still being read for the first time: try again in a moment`;
  return familyMismatch({ kind: 'control', name, family }, model);
}

/** The largest picture that a control is given, in pixels: all of it goes to the engine. */
export const MAX_CONTROL_PIXELS = 2 ** 24;

/** Takes in and stores the pictures of controls; one without a picture of its own takes the job's source. Throws InputError. */
export async function takeControls(
  pinned: readonly PinnedControl[],
  owner: string,
  services: Pick<Services, 'jobs' | 'objects' | 'config'>,
  ownUrls: readonly string[],
): Promise<JobControl[]> {
  const controls: JobControl[] = [];
  for (const { control, given, path } of pinned)
    controls.push({ ...control, image: await pictureOf(given, path, owner, services, ownUrls) });
  return controls;
}

async function pictureOf(
  given: AskedControl['given'],
  path: readonly string[],
  owner: string,
  services: Pick<Services, 'jobs' | 'objects' | 'config'>,
  ownUrls: readonly string[],
): Promise<SourceImage | null> {
  if (given.stored) return given.stored;
  const { jobs, objects, config } = services;
  const field = [...path, given.imageId ? 'imageId' : given.image ? 'image' : 'imageUrl'];
  const stored = given.imageId ? await storedPicture(given.imageId, services, field) : undefined;
  if (stored?.source) await jobs.keepUpload(stored.source.sha256, owner); // it stays until the job refers to it
  const image =
    stored?.source ??
    (await takeSource(stored ? { imageUrl: stored.imageUrl } : given, objects, { ownUrls, ...config }).catch(
      (error: unknown) => {
        if (!(error instanceof InputError)) throw error;
        throw new InputError(error.code, field, error.message, error.retryAfter);
      },
    ));
  if (image && image.width * image.height > MAX_CONTROL_PIXELS) {
    const message = `a control takes a picture of at most ${MAX_CONTROL_PIXELS} pixels, got ${image.width}×${image.height}`;
    throw new InputError('IMAGE_TOO_LARGE', field, message);
  }
  return image;
}
