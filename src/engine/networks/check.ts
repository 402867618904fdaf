import { createHash } from 'node:crypto';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { LAYOUTS } from '../checkpoint/layout.ts';
import { clipTextGraph } from './clip-text.ts';
import { FLUX_GRAPHS } from './flux.ts';
import { FLUX_HEAD } from './flux-spec.ts';
import { t5EncoderGraph } from './t5-encoder.ts';
import { unetGraph } from './unet.ts';
import { vaeDecoderGraph, vaeEncoderGraph } from './vae.ts';

/** Whatever the size, a network has the same weights. */
const SIZE = { batch: 1, height: 8, width: 8, tokens: 8 };

/** What tells checkpoints apart whose networks are built alike: most are finetunes of a few. */
const sound = new Set<string>();

/**
 * Builds every network of a checkpoint. Throws CheckpointError for a key that is missing, unknown, misshapen or no float. Into
 * how many heads channels divide, weights do not tell: where the sidecar does not either, it is not checked.
 */
export function checkNetworks(opened: Checkpoint): void {
  const checkpoint = withSomeHeads(opened);
  const structure = structureOf(checkpoint);
  if (sound.has(structure)) return;
  const { family } = checkpoint;
  const diffusion = family === 'flux' ? FLUX_GRAPHS : [unetGraph];
  for (const graph of [...diffusion, vaeEncoderGraph, vaeDecoderGraph]) graph(checkpoint, SIZE);
  clipTextGraph(checkpoint, { batch: 1 });
  if (family === 'sdxl') clipTextGraph(checkpoint, { batch: 1, part: 'clip_g' });
  if (family === 'flux') t5EncoderGraph(checkpoint, SIZE);
  sound.add(structure);
}

/** The checkpoint with numbers of heads that always divide, where its sidecar gives none. */
function withSomeHeads(checkpoint: Checkpoint): Checkpoint {
  const { unet, clip_l, clip_g } = checkpoint.sidecar;
  const oneHead = { num_attention_heads: 1 };
  const axes = checkpoint.family === 'flux' ? { axes_dim: someAxes(checkpoint) } : {};
  const sidecar = {
    ...checkpoint.sidecar,
    unet: {
      num_heads: 1,
      ...axes,
      ...(unet?.num_head_channels === undefined ? {} : { num_heads: -1 }),
      ...unet,
    },
    clip_l: { ...oneHead, ...clip_l },
    clip_g: { ...oneHead, ...clip_g },
  };
  return { ...checkpoint, sidecar };
}

/** Three even widths that fill a head of FLUX. */
function someAxes(checkpoint: Checkpoint): number[] {
  const width = checkpoint.weights('unet').length(FLUX_HEAD);
  return [width - 4, 2, 2];
}

/** Keys, types and shapes of all weights, and what the sidecar says of the networks. */
function structureOf({ family, sidecar, weights }: Checkpoint): string {
  const hash = createHash('sha256').update(JSON.stringify([family, sidecar]));
  for (const { name } of LAYOUTS[family]) {
    const source = weights(name);
    hash.update(
      JSON.stringify([
        name,
        ...source
          .keys()
          .sort()
          .map((key) => source.describe(key)),
      ]),
    );
  }
  return hash.digest('hex');
}
