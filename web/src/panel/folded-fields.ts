import { FINE, type Form } from '../state/form.ts';

/** Fields of a request that say how a model reads the words, and which VAE it has. */
export const MODEL_FIELDS: readonly string[] = [
  ...['promptStyle', 'emphasis', 'clipSkip', 'vae', 'decoder', 'refiner'],
];

/** Fields of a request beside the seed: another seed in the noise, and sides that join. */
export const PICTURE_FIELDS: readonly string[] = ['variation', 'tiling'];

/** Fields of a request that few need. */
export const FINE_FIELDS: readonly string[] = [
  ...['eta', 'sNoise', 'rescaleCfg', 'cfgInterval', 'flowShift', 'guidance'],
  ...['deepCache', 'tokenMerging', 'quality', 'noiseDevice'],
];

/** The finer settings that are set, each with its value. */
export const fineText = (present: Form, labels: Readonly<Record<(typeof FINE)[number], string>>): string =>
  FINE.filter((name) => present[name] !== null)
    .map((name) => `${labels[name]} ${String(present[name])}`)
    .join(', ');
