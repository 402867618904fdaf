import { FAMILIES } from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import type { Img2ImgSettings, JobFile } from '../jobs/job.ts';
import type { ModelDescription } from '../models/catalog.ts';
import type { PartCatalog, UpscalerDescription, VaeDescription } from '../models/part-catalog.ts';
import type { AdapterContent, AdapterPlace } from '../models/adapter-files.ts';
import { InputErrors } from './errors.ts';
import type { CheckedUpscale } from './parse-upscale.ts';

/** Files that a job asks for by name: another VAE, an upscaler. */
interface AskedParts {
  readonly vae?: string;
  readonly upscale?: CheckedUpscale;
}

interface Catalogs {
  readonly vaes: PartCatalog<VaeDescription>;
  readonly upscalers: PartCatalog<UpscalerDescription>;
}

/**
 * Finds the files and notes their content, so that no other is used later. Throws InputErrors, an entry for each that is not
 * there or cannot be used with the model.
 */
export async function pinParts(
  { vae, upscale }: AskedParts,
  model: ModelDescription,
  { vaes, upscalers }: Catalogs,
): Promise<Pick<Img2ImgSettings, 'vae' | 'upscale'>> {
  const faults: InputError[] = [];
  const pin = async <Part extends AdapterPlace & AdapterContent & { problem: string | null }>(
    asked: { readonly name: string; readonly kind: string; readonly query: string; readonly field: string[] },
    catalog: PartCatalog<Part>,
    misuse: (part: Part) => string | undefined = () => undefined,
  ): Promise<JobFile | undefined> => {
    const part = await catalog.get(asked.name);
    const what = `the ${asked.kind} ${part?.name ?? asked.name}`;
    let fault: string | undefined;
    if (!part)
      fault = `there is no ${asked.kind} "${asked.name}", or several have that name; see the ${asked.query} query`;
    else if (part.problem !== null) fault = `${what} cannot be used: ${part.problem}`;
    else if (part.sha256 === null)
      fault = `${what} is still being read for the first time: try again in a moment`;
    else fault = misuse(part);
    if (fault === undefined) return { name: part!.name, file: part!.file, sha256: part!.sha256! };
    faults.push(new InputError(part ? 'INVALID_VALUE' : 'UNSUPPORTED', ['input', ...asked.field], fault));
    return undefined;
  };

  const pinnedVae =
    vae === undefined
      ? undefined
      : await pin({ name: vae, kind: 'VAE', query: 'vaes', field: ['vae'] }, vaes, (part) =>
          unfit(part, model),
        );
  const name = upscale?.model ?? null;
  const pinnedUpscaler =
    name === null
      ? null
      : ((await pin(
          { name, kind: 'upscaler', query: 'upscalers', field: ['upscale', 'model'] },
          upscalers,
        )) ?? null);
  if (faults.length > 0) throw new InputErrors(faults);
  return {
    ...(pinnedVae && { vae: pinnedVae }),
    ...(upscale && { upscale: { ...upscale, model: pinnedUpscaler } }),
  };
}

/** Why a VAE does not suit a model; undefined if it does. */
function unfit(
  { name, families }: VaeDescription,
  { name: model, family }: ModelDescription,
): string | undefined {
  if (family === null || families.includes(family)) return undefined;
  const suited = families.map((one) => FAMILIES[one].title).join(' and ');
  return `the VAE ${name} is for ${suited}, but the model ${model} is ${FAMILIES[family].title}: choose another VAE`;
}
