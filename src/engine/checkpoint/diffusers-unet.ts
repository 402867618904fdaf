/** Maps the layers of a UNet, or of a ControlNet's copy of its encoder, between our keys and Diffusers'. */

/** Layers of a residual block: our name, then Diffusers'. */
export const RESNET: readonly (readonly [string, string])[] = [
  ['in_layers.2', 'conv1'],
  ['emb_layers.1', 'time_emb_proj'],
  ['out_layers.3', 'conv2'],
  ['skip_connection', 'conv_shortcut'],
  ['in_layers.0', 'norm1'],
  ['out_layers.0', 'norm2'],
];

/** Layers outside the blocks: Diffusers' name, then ours. */
const OUTSIDE: readonly (readonly [RegExp, string])[] = [
  [/^conv_in\./, 'input_blocks.0.0.'],
  [/^conv_norm_out\./, 'out.0.'],
  [/^conv_out\./, 'out.2.'],
  [/^time_embedding\.linear_1\./, 'time_embed.0.'],
  [/^time_embedding\.linear_2\./, 'time_embed.2.'],
  [/^(add|class)_embedding\.linear_1\./, 'label_emb.0.0.'],
  [/^(add|class)_embedding\.linear_2\./, 'label_emb.0.2.'],
  [/^mid_block\.attentions\.0\./, 'middle_block.1.'],
];

const DOWN_BLOCK = /^down_blocks\.(\d+)\.(resnets|attentions|downsamplers)\.(\d+)\.(.+)$/;
const UP_BLOCK = /^up_blocks\.(\d+)\.(resnets|attentions|upsamplers)\.(\d+)\.(.+)$/;
const MIDDLE_RESNET = /^mid_block\.resnets\.([01])\.(.+)$/;

/**
 * Returns a function from Diffusers' keys of a UNet to ours. `keys` are all keys of the UNet. A key that no
 * pattern matches stays unchanged.
 */
export function unetFromDiffusers(keys: readonly string[]): (key: string) => string {
  const down = firstBlocks(keys, DOWN_BLOCK);
  const up = firstBlocks(keys, UP_BLOCK);
  const attends = new Set(keys.flatMap((key) => /^up_blocks\.\d+(?=\.attentions\.)/.exec(key) ?? []));
  return (key) => {
    const [, level = '', part, i = '', rest = ''] = DOWN_BLOCK.exec(key) ?? UP_BLOCK.exec(key) ?? [];
    // Block 0 is conv_in. Each level's blocks are followed by its downsampler.
    const firstDown = (n: number) => 1 + down(n) + n;
    if (key.startsWith('down_blocks.') && part !== undefined) {
      if (part === 'downsamplers')
        return `input_blocks.${firstDown(Number(level) + 1) - 1}.0.${rest.replace(/^conv\./, 'op.')}`;
      return blockKey(`input_blocks.${firstDown(Number(level)) + Number(i)}`, part, rest);
    }
    if (part !== undefined) {
      // The upsampler is the last module of a level's last block.
      if (part === 'upsamplers')
        return `output_blocks.${up(Number(level) + 1) - 1}.${attends.has(`up_blocks.${level}`) ? 2 : 1}.${rest}`;
      return blockKey(`output_blocks.${up(Number(level)) + Number(i)}`, part, rest);
    }
    const middle = MIDDLE_RESNET.exec(key);
    if (middle) return `middle_block.${2 * Number(middle[1])}.${resnetKey(middle[2]!)}`;
    const outside = OUTSIDE.find(([pattern]) => pattern.test(key));
    return outside ? key.replace(...outside) : key;
  };
}

const blockKey = (block: string, part: string, rest: string): string =>
  part === 'resnets' ? `${block}.0.${resnetKey(rest)}` : `${block}.1.${rest}`;

/** Returns a function that counts the residual blocks of all levels before a level. */
function firstBlocks(keys: readonly string[], pattern: RegExp): (level: number) => number {
  const perLevel = new Map<number, number>();
  for (const key of keys) {
    const [, level, part, i] = pattern.exec(key) ?? [];
    if (part !== 'resnets') continue;
    perLevel.set(Number(level), Math.max(perLevel.get(Number(level)) ?? 0, Number(i) + 1));
  }
  return (level) =>
    [...perLevel].reduce((first, [before, blocks]) => (before < level ? first + blocks : first), 0);
}

function resnetKey(rest: string): string {
  const known = RESNET.find(([, theirs]) => rest.startsWith(`${theirs}.`));
  return known ? rest.replace(known[1], known[0]) : rest;
}
