import { createHash } from 'node:crypto';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { NetworkFacts } from '../checkpoint/inspect.ts';
import { CheckpointError } from '../errors.ts';
import type { TextEncoderName } from '../families/family.ts';
import { FAMILIES, textEncodersOf } from '../families/index.ts';
import { clipTextGraph, clipWidth } from './clip-text.ts';
import { diffusionNetworkOf } from './diffusion.ts';
import { t5EncoderGraph, t5Width } from './t5-encoder.ts';
import { vaeDecoderGraph, vaeEncoderGraph } from './vae.ts';

/** Any size will do: a network's weights do not depend on it. */
const SIZE = { batch: 1, height: 8, width: 8, tokens: 8 };

/**
 * Structures (see structureOf) that passed the check. Most checkpoints are finetunes that share a structure.
 */
const sound = new Set<string>();

/**
 * Builds all networks of a checkpoint. Throws CheckpointError for a key that is missing, unknown, misshapen
 * or not floating-point. Weights do not determine the number of attention heads: without a sidecar, it is not
 * checked.
 */
export function checkNetworks(checkpoint: Checkpoint): undefined {
  buildNetworks(withSomeHeads(checkpoint));
}

/**
 * Why a checkpoint that passed the check cannot run: its attention heads, the family's or the sidecar's, do not
 * divide a network's width. null if it can.
 */
function whyNotRunnable(checkpoint: Checkpoint): string | null {
  try {
    buildNetworks(checkpoint);
    return null;
  } catch (error) {
    if (error instanceof CheckpointError) return error.message;
    throw error;
  }
}

/** What the networks of a checkpoint that passed the check tell of it. */
export function networkFacts(checkpoint: Checkpoint): NetworkFacts {
  const { family, prediction, weights } = checkpoint;
  const { input, latent, network } = FAMILIES[family];
  const widthOf = (part: TextEncoderName) =>
    part === 't5' ? t5Width(checkpoint) : clipWidth(checkpoint, part);
  return {
    hindrance: whyNotRunnable(checkpoint) ?? undefined,
    textWidths: textEncodersOf(family).map(widthOf),
    prediction,
    ...(network === 'unet' && {
      takesLatentAlone: weights('unet').get(input.key).shape[1] === latent.channels,
    }),
  };
}

function buildNetworks(checkpoint: Checkpoint): void {
  const structure = structureOf(checkpoint);
  if (sound.has(structure)) return;
  const { graphs } = diffusionNetworkOf(checkpoint);
  for (const graph of [...graphs, vaeEncoderGraph, vaeDecoderGraph]) graph(checkpoint, SIZE);
  for (const part of textEncodersOf(checkpoint.family)) {
    if (part === 't5') t5EncoderGraph(checkpoint, SIZE);
    else clipTextGraph(checkpoint, { batch: 1, part });
  }
  sound.add(structure);
}

/** The checkpoint with numbers of heads that divide any width, unless its sidecar gives them. */
function withSomeHeads(checkpoint: Checkpoint): Checkpoint {
  const { unet, clip_l, clip_g, clip_h } = checkpoint.sidecar;
  const oneHead = { num_attention_heads: 1 };
  const sidecar = {
    ...checkpoint.sidecar,
    unet: {
      ...diffusionNetworkOf(checkpoint).someHeads(checkpoint.weights('unet')),
      ...(unet?.num_head_channels === undefined ? {} : { num_heads: -1 }),
      ...unet,
    },
    clip_l: { ...oneHead, ...clip_l },
    clip_g: { ...oneHead, ...clip_g },
    clip_h: { ...oneHead, ...clip_h },
  };
  return { ...checkpoint, sidecar };
}

/** Hash of the keys, types and shapes of all weights and of the sidecar. */
function structureOf({ family, sidecar, weights }: Checkpoint): string {
  const hash = createHash('sha256').update(JSON.stringify([family, sidecar]));
  for (const { name } of FAMILIES[family].parts) {
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
