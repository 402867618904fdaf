import { InputError } from '../input-error.ts';
import type { JobWarning, JobWarningCode } from '../jobs/job.ts';
import type { JobLora } from '../jobs/request.ts';
import type { AdapterCatalogs } from '../models/adapter-catalog.ts';
import type { ModelDescription } from '../models/catalog.ts';
import { familyMismatch, findAdapter } from './adapters.ts';
import { eachOrErrors, InputErrors } from './errors.ts';
import { LORA_STRENGTH_LIMITS, MAX_LORAS, type Img2ImgInput } from './img2img-fields.ts';

/** A requested LoRA, and the field or prompt that names it. */
interface AskedLora {
  readonly name: string;
  readonly strength: number;
  readonly textStrength: number;
  readonly path: readonly string[];
}

/** The prompts without LoRA tags, and all requested LoRAs: first the list's, then the prompts'. */
export interface AskedLoras {
  readonly prompts: Pick<Img2ImgInput, 'prompt' | 'negativePrompt'>;
  readonly loras: readonly AskedLora[];
}

/** `<lora:name:…>` with the whitespace before it; A1111 reads `<lyco:…>` as the same. */
const TAG = /[ \t]{0,8}<(?:lora|lyco):([^<>:]{1,300})((?::[^<>:]{0,50}){0,9})>/gi;

/** The strengths of a tag as in A1111: one number is for both networks; of two, the first is for the text encoders. */
function strengthsOf(rest: string): Pick<AskedLora, 'strength' | 'textStrength'> | undefined {
  const parts = rest.split(':').slice(1);
  const named = (name: string) => parts.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
  const plain = parts.filter((part) => !/^(te|unet)=/.test(part));
  const text = named('te') ?? plain[0] ?? '1';
  const network = named('unet') ?? plain[1] ?? text;
  const [strength, textStrength] = [network, text].map((part) => (part.trim() === '' ? NaN : Number(part)));
  const isKnown = plain.length <= 2 && Number.isFinite(strength! + textStrength!);
  return isKnown ? { strength: strength!, textStrength: textStrength! } : undefined;
}

/** Extracts the LoRA tags of the prompts. Throws InputErrors for a strength that is not a number, or too many LoRAs. */
export function askedLoras({ loras, prompt, negativePrompt }: Img2ImgInput): AskedLoras {
  const faults: InputError[] = [];
  const asked = (loras ?? []).map(({ name, strength, textStrength }, i): AskedLora => ({
    name,
    strength: strength ?? 1,
    textStrength: textStrength ?? strength ?? 1,
    path: ['input', 'loras', String(i)],
  }));
  const without = (field: 'prompt' | 'negativePrompt', text: string) =>
    text
      .replace(TAG, (tag: string, name: string, rest: string) => {
        const strengths = strengthsOf(rest);
        if (strengths) asked.push({ name: name.trim(), ...strengths, path: ['input', field] });
        else {
          const message = `${tag.trim()} in ${field}: expected <lora:name:strength> or <lora:name:textStrength:strength>`;
          faults.push(new InputError('INVALID_VALUE', ['input', field], message));
        }
        return '';
      })
      .trim();
  const prompts = {
    ...(typeof prompt === 'string' && prompt.includes('<') && { prompt: without('prompt', prompt) }),
    ...(typeof negativePrompt === 'string' &&
      negativePrompt.includes('<') && { negativePrompt: without('negativePrompt', negativePrompt) }),
  };
  if (asked.length > MAX_LORAS) {
    const message = `expected at most ${MAX_LORAS} LoRAs, got ${asked.length}`;
    faults.push(new InputError('INVALID_VALUE', ['input', 'loras'], message));
  }
  const [least, most] = LORA_STRENGTH_LIMITS;
  for (const { name, strength, textStrength, path } of asked) {
    const wrong = [strength, textStrength].find((value) => !(value >= least && value <= most));
    if (wrong === undefined) continue;
    const message = `the LoRA ${name} must have strengths from ${least} to ${most}, got ${wrong}`;
    faults.push(new InputError('INVALID_VALUE', path, message));
  }
  if (faults.length > 0) throw new InputErrors(faults);
  return { prompts, loras: asked };
}

const PARTLY_USED: JobWarningCode = 'LORA_PARTLY_USED';

/** The LoRAs of a job, with warnings. */
export interface PinnedLoras {
  readonly loras: readonly JobLora[];
  readonly warnings: readonly JobWarning[];
}

/**
 * Finds the files of the LoRAs and records their hashes, so that the job uses no others later. Throws InputErrors with an entry for
 * each LoRA that is missing or cannot be used with the model.
 */
export async function pinLoras(
  asked: readonly AskedLora[],
  model: ModelDescription,
  catalog: AdapterCatalogs['loras'],
): Promise<PinnedLoras> {
  const warnings: JobWarning[] = [];
  const loras = await eachOrErrors(asked, async ({ name, strength, textStrength, path }) => {
    const lora = await findAdapter({ name, kind: 'LoRA', query: 'loras', path }, catalog, (found) =>
      familyMismatch('LoRA', found, model),
    );
    const { problem, unused } = await catalog.misfit(lora, model.name);
    if (problem !== null) {
      const message = `the LoRA ${lora.name} cannot be used with ${model.name}: ${problem}`;
      throw new InputError('INVALID_VALUE', path, message);
    }
    if (unused.length > 0) {
      const message = `${model.name} ignores ${unused.length} of the keys of the LoRA ${lora.name}, such as "${unused[0]!}".`;
      warnings.push({ code: PARTLY_USED, field: path, message });
    }
    return { name: lora.name, file: lora.file, sha256: lora.sha256, strength, textStrength };
  });
  return { loras, warnings };
}
