/** Keys that only VAEs in Diffusers' layout have. */
const OWN_KEYS = /^(encoder|decoder)\.((down|up)_blocks|mid_block|conv_norm_out)\./;

/** Diffusers' names of layers, then the original ones. The decoder's levels are renumbered afterwards. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^(encoder|decoder)\.mid_block\.resnets\.0\./, '$1.mid.block_1.'],
  [/^(encoder|decoder)\.mid_block\.resnets\.1\./, '$1.mid.block_2.'],
  [/^(encoder|decoder)\.mid_block\.attentions\.0\.group_norm\./, '$1.mid.attn_1.norm.'],
  [/^(encoder|decoder)\.mid_block\.attentions\.0\.(?:to_q|query)\./, '$1.mid.attn_1.q.'],
  [/^(encoder|decoder)\.mid_block\.attentions\.0\.(?:to_k|key)\./, '$1.mid.attn_1.k.'],
  [/^(encoder|decoder)\.mid_block\.attentions\.0\.(?:to_v|value)\./, '$1.mid.attn_1.v.'],
  [/^(encoder|decoder)\.mid_block\.attentions\.0\.(?:to_out\.0|proj_attn)\./, '$1.mid.attn_1.proj_out.'],
  [/^(encoder|decoder)\.conv_norm_out\./, '$1.norm_out.'],
  [/^encoder\.down_blocks\.(\d+)\.downsamplers\.0\.conv\./, 'encoder.down.$1.downsample.conv.'],
  [/^decoder\.up_blocks\.(\d+)\.upsamplers\.0\.conv\./, 'decoder.up.$1.upsample.conv.'],
  [
    /^(encoder\.down|decoder\.up)_blocks\.(\d+)\.resnets\.(\d+)\.conv_shortcut\./,
    '$1.$2.block.$3.nin_shortcut.',
  ],
  [/^(encoder\.down|decoder\.up)_blocks\.(\d+)\.resnets\.(\d+)\./, '$1.$2.block.$3.'],
];

/**
 * Returns a function from Diffusers' keys of a VAE to the original ones; undefined if the VAE is not in
 * Diffusers' layout. Diffusers numbers the decoder's levels from the latent, the original layout from the
 * picture.
 */
export function diffusersVaeNames(
  keys: readonly string[],
  prefix: string,
): ((key: string) => string) | undefined {
  const inner = keys.flatMap((key) => (key.startsWith(prefix) ? key.slice(prefix.length) : []));
  if (!inner.some((key) => OWN_KEYS.test(key))) return undefined;
  const counted = inner.flatMap((key) => Number(/^decoder\.up_blocks\.(\d{1,3})\./.exec(key)?.[1] ?? -1));
  const last = counted.reduce((most, n) => Math.max(most, n), 0);
  return (key) => {
    const known = NAMES.find(([pattern]) => pattern.test(key));
    const named = known ? key.replace(...known) : key;
    if (!key.startsWith('decoder.up_blocks.')) return named;
    return named.replace(/^decoder\.up\.(\d+)\./, (_, n: string) => `decoder.up.${last - Number(n)}.`);
  };
}
