/** Names of layers that ComfyUI does not know, of files that other programs write. */
import type { TensorWindow } from '../checkpoint/safetensors.ts';

type Spelling = readonly [RegExp, string | ((whole: string, ...groups: string[]) => string)];

/** What XLabs calls the layers beside which its adapters stand, of blocks with two streams and with one. */
const XLABS = new Map([
  ['qkv_lora1', 'img_attn.qkv'],
  ['proj_lora1', 'img_attn.proj'],
  ['qkv_lora2', 'txt_attn.qkv'],
  ['proj_lora2', 'txt_attn.proj'],
  ['qkv_lora', 'linear1_qkv'],
  ['proj_lora', 'linear2'],
]);

/** Names of others, and ours, to be replaced one after the other. */
const SPELLINGS: readonly Spelling[] = [
  [/^base_model\.model\./, ''], // PEFT's own files
  [/\.lora_([AB])\.[^.]+\.weight$/, '.lora_$1.weight'],
  [/^text_model\./, 'text_encoder.text_model.'],
  [
    /^((?:double|single)_blocks\.\d+\.)processor\.((?:qkv|proj)_lora[12]?)\.(up|down)\./,
    (_, block, layer, half) => `${block}${XLABS.get(layer)!}.lora_${half}.`,
  ],
  [/^model\.diffusion_model\./, 'diffusion_model.'],
  [
    /^(?=(double_blocks|single_blocks|img_in|txt_in|time_in|vector_in|guidance_in|final_layer)\.)/,
    'diffusion_model.',
  ],
  [/^(?=(input_blocks|middle_block|output_blocks|time_embed|label_emb|out)\.)/, 'diffusion_model.'],
  [
    /^(?=((single_)?transformer_blocks|norm_out|proj_out|x_embedder|context_embedder|time_text_embed)\.)/,
    'transformer.',
  ],
  [
    /^((?:unet\.)?(?:down_blocks|mid_block|up_blocks)\..*\.attn[12])\.(to_[qkv]|to_out)(?:\.0)?\./,
    '$1.processor.$2.',
  ],
];

/** The tensors of a LoRA file under the names that ComfyUI would know; those that no spelling changes stay. */
export const underOtherNames = (
  tensors: ReadonlyMap<string, TensorWindow>,
): ReadonlyMap<string, TensorWindow> =>
  new Map([...tensors].map(([key, window]) => [SPELLINGS.reduce(respelled, key), window]));

const respelled = (key: string, [pattern, name]: Spelling): string =>
  typeof name === 'string' ? key.replace(pattern, name) : key.replace(pattern, name);
