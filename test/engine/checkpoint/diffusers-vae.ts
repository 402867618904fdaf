import type { TensorData } from './safetensors-file.ts';

type Tensors = Record<string, Required<TensorData>>;

/** A VAE's keys as Diffusers spells them; its decoder's blocks count from the latent. */
export const inDiffusersLayout = (tensors: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([key, tensor]) => [
      DIFFUSERS_VAE.reduce((name, rule) => name.replace(...rule), key).replace(
        /^decoder\.up_blocks\.(\d)/,
        (_, n: string) => `decoder.up_blocks.${3 - Number(n)}`,
      ),
      tensor,
    ]),
  );

const DIFFUSERS_VAE: readonly (readonly [RegExp, string])[] = [
  [/\.mid\.block_1\./, '.mid_block.resnets.0.'],
  [/\.mid\.block_2\./, '.mid_block.resnets.1.'],
  [/\.mid\.attn_1\.norm\./, '.mid_block.attentions.0.group_norm.'],
  [/\.mid\.attn_1\.([qkv])\./, '.mid_block.attentions.0.to_$1.'],
  [/\.mid\.attn_1\.proj_out\./, '.mid_block.attentions.0.to_out.0.'],
  [/\.norm_out\./, '.conv_norm_out.'],
  [/\.down\.(\d)\.downsample\./, '.down_blocks.$1.downsamplers.0.'],
  [/\.up\.(\d)\.upsample\./, '.up_blocks.$1.upsamplers.0.'],
  [/\.(down|up)\.(\d)\.block\.(\d)\.nin_shortcut/, '.$1_blocks.$2.resnets.$3.conv_shortcut'],
  [/\.(down|up)\.(\d)\.block\.(\d)\./, '.$1_blocks.$2.resnets.$3.'],
];
