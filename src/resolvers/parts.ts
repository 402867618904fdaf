import { FAMILIES } from '../engine/index.ts';
import type { Img2ImgSettings, JobFile } from '../jobs/job.ts';
import type { AdapterCatalogs, VaeDescription } from '../models/adapter-catalog.ts';
import type { ModelDescription } from '../models/catalog.ts';
import { eachOrErrors } from './errors.ts';
import { findAdapter } from './find-adapter.ts';
import type { CheckedUpscale } from './parse-upscale.ts';

/** Files that a job asks for by name: another VAE, an upscaler. */
interface AskedParts {
  readonly vae?: string;
  readonly upscale?: CheckedUpscale;
}

/**
 * Finds the files and notes their content, so that no other is used later. Throws InputErrors, an entry for each that is not
 * there or cannot be used with the model.
 */
export async function pinParts(
  { vae, upscale }: AskedParts,
  model: ModelDescription,
  { vaes, upscalers }: Pick<AdapterCatalogs, 'vaes' | 'upscalers'>,
): Promise<Pick<Img2ImgSettings, 'vae' | 'upscale'>> {
  const findVae = async (name: string | null | undefined): Promise<JobFile | null> => {
    if (name == null) return null;
    const asked = { name, kind: 'VAE', query: 'vaes', path: ['input', 'vae'] };
    return contentOf(await findAdapter(asked, vaes, (found) => unfit(found, model)));
  };
  const findUpscaler = async (name: string | null | undefined): Promise<JobFile | null> => {
    if (name == null) return null;
    const asked = { name, kind: 'upscaler', query: 'upscalers', path: ['input', 'upscale', 'model'] };
    return contentOf(await findAdapter(asked, upscalers));
  };
  const [pinnedVae, pinnedUpscaler] = await eachOrErrors(
    [() => findVae(vae), () => findUpscaler(upscale?.model)],
    (find) => find(),
  );
  return {
    ...(pinnedVae && { vae: pinnedVae }),
    ...(upscale && { upscale: { ...upscale, model: pinnedUpscaler ?? null } }),
  };
}

/** What a job remembers of a file. */
const contentOf = ({ name, file, sha256 }: JobFile): JobFile => ({ name, file, sha256 });

/** Why a VAE does not suit a model; undefined if it does. */
function unfit(
  { name, families }: VaeDescription,
  { name: model, family }: ModelDescription,
): string | undefined {
  if (family === null || families.includes(family)) return undefined;
  const suited = families.map((one) => FAMILIES[one].title).join(' and ');
  return `the VAE ${name} is for ${suited}, but the model ${model} is ${FAMILIES[family].title}: choose another VAE`;
}
