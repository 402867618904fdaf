import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import { fluxModel } from './flux.ts';
import type { DiffusionModel } from './model.ts';
import { sd15Model } from './sd15.ts';
import { sdxlModel } from './sdxl.ts';
import type { TokenizeT5 } from './t5-encoder.ts';

/**
 * Makes a model of an opened checkpoint; its networks are opened when they are needed. `tokenizeT5` takes the place of the
 * tokenizer that lies beside a FLUX checkpoint.
 */
export function createModel(
  checkpoint: Checkpoint,
  networks: ModelCache,
  tokenizeT5?: TokenizeT5,
): DiffusionModel {
  const { latent_rgb: latentColours } = checkpoint.sidecar;
  return { ...familyModel(checkpoint, networks, tokenizeT5), ...(latentColours && { latentColours }) };
}

function familyModel(checkpoint: Checkpoint, networks: ModelCache, tokenizeT5?: TokenizeT5): DiffusionModel {
  switch (checkpoint.family) {
    case 'sd15':
      return sd15Model(checkpoint, networks);
    case 'sdxl':
      return sdxlModel(checkpoint, networks);
    case 'flux':
      return fluxModel(checkpoint, networks, tokenizeT5);
  }
}
