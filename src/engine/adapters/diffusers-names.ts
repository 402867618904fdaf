/** Diffusers' names of the layers of a UNet, without the suffix `.weight`. */
import { RESNET } from '../checkpoint/diffusers-unet.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';

const OUTSIDE: readonly (readonly [string, string])[] = [
  ['label_emb.0.0', 'class_embedding.linear_1'],
  ['label_emb.0.2', 'class_embedding.linear_2'],
  ['label_emb.0.0', 'add_embedding.linear_1'],
  ['label_emb.0.2', 'add_embedding.linear_2'],
  ['input_blocks.0.0', 'conv_in'],
  ['out.0', 'conv_norm_out'],
  ['out.2', 'conv_out'],
  ['time_embed.0', 'time_embedding.linear_1'],
  ['time_embed.2', 'time_embedding.linear_2'],
];

/** Pairs of a weight's key in the UNet and the layer's name in Diffusers. A layer may have two names. */
export function unetNames(unet: WeightSource): [key: string, theirs: string][] {
  const blocks = blockNames(unet);
  return unet.keys().flatMap((key): [string, string][] => {
    if (!key.endsWith('.weight')) return [];
    const layer = key.slice(0, -'.weight'.length);
    const outside = OUTSIDE.filter(([ours]) => ours === layer);
    if (outside.length > 0) return outside.map(([, theirs]) => [key, theirs]);
    const [, at = '', rest = ''] =
      /^((?:input|output)_blocks\.\d+\.\d|middle_block\.\d)\.(.+)$/.exec(layer) ?? [];
    const block = blocks.get(at);
    if (block === undefined) return [];
    const inner = RESNET.find(([ours]) => ours === rest)?.[1] ?? rest.replace(/^op$/, 'conv');
    return [[key, `${block}.${inner}`]];
  });
}

/**
 * Names of the modules of each block. A downsampler ends each level on the way down; each level has one block
 * more on the way up.
 */
function blockNames(unet: WeightSource): Map<string, string> {
  const names = new Map<string, string>();
  const perLevel = [0];
  for (let n = 1; n < unet.count('input_blocks'); n++) {
    const level = perLevel.length - 1;
    if (unet.has(`input_blocks.${n}.0.op`)) {
      names.set(`input_blocks.${n}.0`, `down_blocks.${level}.downsamplers.0`);
      perLevel.push(0);
      continue;
    }
    const i = perLevel[level]!++;
    names.set(`input_blocks.${n}.0`, `down_blocks.${level}.resnets.${i}`);
    names.set(`input_blocks.${n}.1`, `down_blocks.${level}.attentions.${i}`);
  }
  names.set('middle_block.0', 'mid_block.resnets.0');
  names.set('middle_block.1', 'mid_block.attentions.0');
  names.set('middle_block.2', 'mid_block.resnets.1');
  let n = 0;
  for (const [level, blocks] of perLevel.toReversed().entries()) {
    for (let i = 0; i <= blocks; i++, n++) {
      names.set(`output_blocks.${n}.0`, `up_blocks.${level}.resnets.${i}`);
      names.set(`output_blocks.${n}.1`, `up_blocks.${level}.attentions.${i}`);
      for (const part of [1, 2]) {
        if (unet.has(`output_blocks.${n}.${part}.conv`))
          names.set(`output_blocks.${n}.${part}`, `up_blocks.${level}.upsamplers.0`);
      }
    }
  }
  return names;
}
