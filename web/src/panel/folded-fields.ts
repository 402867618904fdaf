import { FINE, type Form } from '../state/form.ts';
import type { Model } from '../state/resources.ts';
import type { Texts } from '../texts/index.ts';

type FineName = (typeof FINE)[number];

/** Request fields of the model settings. */
export const MODEL_FIELDS: readonly string[] = [
  ...['promptStyle', 'emphasis', 'clipSkip', 'vae', 'decoder', 'refiner'],
];

/** Request fields beside the seed. */
export const PICTURE_FIELDS: readonly string[] = ['variation', 'tiling'];

/** Request fields of the advanced settings. */
export const FINE_FIELDS: readonly string[] = [
  ...['eta', 'sNoise', 'rescaleCfg', 'cfgInterval', 'flowShift', 'guidance'],
  ...['deepCache', 'tokenMerging', 'quality', 'noiseDevice'],
];

/** Advanced settings that only one kind of network has: flow (FLUX) or diffusion. */
const KNOWN_TO: Partial<Record<FineName, 'flow' | 'diffusion'>> = {
  rescaleCfg: 'diffusion',
  flowShift: 'flow',
  guidance: 'flow',
  deepCacheInterval: 'diffusion',
  deepCacheDepth: 'diffusion',
  tokenMerging: 'diffusion',
  quality: 'diffusion',
};

/** Whether an advanced setting applies to a model family. */
export const meansSomething = (name: FineName, family: Model['family']): boolean =>
  [undefined, family === 'FLUX' ? 'flow' : 'diffusion'].includes(KNOWN_TO[name]);

/** The advanced settings of a form; null where they do not apply to the family. */
export const fineOf = (form: Form, family: Model['family']): Pick<Form, FineName> => {
  const known = FINE.map((name) => [name, meansSomething(name, family) ? form[name] : null]);
  return Object.fromEntries(known) as Pick<Form, FineName>;
};

/** The advanced settings that are sent, as a line of text. */
export const fineText = (form: Form, family: Model['family'], { labels, choices }: Texts['fine']): string => {
  const fine = fineOf(form, family);
  const names: Readonly<Record<string, string>> = { ...choices.quality, ...choices.noiseDevice };
  return FINE.filter((name) => fine[name] !== null)
    .filter((name) => name !== 'deepCacheDepth' || fine.deepCacheInterval !== null)
    .map((name) => `${labels[name]} ${names[String(fine[name])] ?? String(fine[name])}`)
    .join(', ');
};
