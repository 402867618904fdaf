import { FAMILIES } from '../families/index.ts';
import { checkLatent, type Checkpoint } from './checkpoint.ts';
import { stateOf } from './file-state.ts';
import { selectPart } from './parts.ts';
import { readWeights } from './quantisation.ts';

/**
 * The checkpoint with the VAE of another file, in the original layout or Diffusers'. Scale and shift of the
 * latents stay the family's. Throws CheckpointError for a file without a VAE for this family; file system
 * errors pass through.
 */
export async function withVae(checkpoint: Checkpoint, path: string): Promise<Checkpoint> {
  const state = await stateOf([path]); // taken before the file is read, so that a later change is noticed
  const layout = FAMILIES[checkpoint.family].parts.find(({ name }) => name === 'vae')!;
  const own = selectPart(await readWeights(path), layout);
  checkLatent(own, checkpoint.family);
  const vae = own.changed({ name: `vae ${state}`, byKey: new Map() });
  return { ...checkpoint, weights: (part) => (part === 'vae' ? vae : checkpoint.weights(part)) };
}
