import { InputError } from '../input-error.ts';
import type { JobControl, SourceImage } from '../jobs/request.ts';
import type { AdapterCatalogs } from '../models/adapter-catalog.ts';
import type { ModelDescription } from '../models/catalog.ts';
import { takeSource } from '../sources/take-source.ts';
import { familyMismatch, findAdapter } from './adapters.ts';
import { eachOrErrors, onField } from './errors.ts';
import type { AskedControl } from './parse-controls.ts';
import type { Services } from './services.ts';
import { storedPicture } from './sources.ts';

/** A control with its file, and the origin of its picture. */
export interface PinnedControl extends Pick<AskedControl, 'given' | 'path'> {
  readonly control: Omit<JobControl, 'image'>;
}

/**
 * Finds the files of the controls and records their hashes, so that the job uses no others later. Throws InputErrors with an entry
 * for each control that is missing or cannot be used with the model.
 */
export async function pinControls(
  asked: readonly AskedControl[],
  model: ModelDescription,
  catalog: AdapterCatalogs['controls'],
): Promise<PinnedControl[]> {
  return eachOrErrors(asked, async ({ given, path, ...use }) => {
    const field = [...path, 'model'];
    const found = await findAdapter(
      { name: use.name, kind: 'control', query: 'controlModels', path: field },
      catalog,
      (control) => familyMismatch('control', control, model),
    );
    const { problem } = await catalog.misfit(found, model.name);
    if (problem !== null) throw new InputError('INVALID_VALUE', field, problem);
    const { name, file, kind, sha256 } = found;
    if (use.mode && kind !== 'UNION_CONTROLNET') {
      const message = `mode is for union ControlNets, which ${name} is not: leave it out`;
      throw new InputError('UNSUPPORTED', [...path, 'mode'], message);
    }
    return { given, path, control: { ...use, name, file, kind: kind!, sha256 } };
  });
}

/** Most pixels of a control's picture: all of it goes to the engine. */
export const MAX_CONTROL_PIXELS = 2 ** 24;

/** Stores the pictures of controls; one without a picture uses the job's source. Throws InputError. */
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
        throw onField(field, error);
      },
    ));
  if (image && image.width * image.height > MAX_CONTROL_PIXELS) {
    const message = `a control accepts a picture of at most ${MAX_CONTROL_PIXELS} pixels, got ${image.width}×${image.height}`;
    throw new InputError('IMAGE_TOO_LARGE', field, message);
  }
  return image;
}
