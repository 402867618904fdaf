/** Golden checkpoints taken apart into folders as Diffusers saves them, written from the published layout. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { goldenT5 } from '../text/golden-t5.ts';
import { inDiffusersLayout } from './diffusers-vae.ts';
import { readTensors } from './repack.ts';
import { safetensors, type TensorData } from './safetensors-file.ts';

type Tensor = Required<TensorData>;
type Tensors = Record<string, Tensor>;

/** The files of a folder by their paths in it: tensors of networks, and objects for JSON. */
export interface FolderContent {
  readonly networks: Readonly<Record<string, Tensors>>;
  readonly json: Readonly<Record<string, unknown>>;
}

const GOLDEN = 'test/golden';
const checkpoint = (name: string) => readTensors(`${GOLDEN}/checkpoints/${name}.safetensors`);

/** Those below a prefix, without it. */
const below = (tensors: Tensors, prefix: string): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([key, tensor]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), tensor]] : [],
    ),
  );

const renamed = (tensors: Tensors, name: (key: string) => string): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [name(key), tensor]));

/** SD1.5's golden checkpoint, or one of its variants. */
export async function sd15Folder(path?: string): Promise<FolderContent> {
  const whole = path === undefined ? await checkpoint('sd15-f16') : await readTensors(path);
  return {
    networks: {
      unet: renamed(below(whole, 'model.diffusion_model.'), unetKey),
      vae: inDiffusersLayout(below(whole, 'first_stage_model.')),
      text_encoder: below(whole, 'cond_stage_model.transformer.'),
    },
    json: {
      'model_index.json': {
        _class_name: 'StableDiffusionPipeline',
        feature_extractor: [null, null],
        safety_checker: [null, null],
        scheduler: ['diffusers', 'PNDMScheduler'],
        text_encoder: ['transformers', 'CLIPTextModel'],
        tokenizer: ['transformers', 'CLIPTokenizer'],
        unet: ['diffusers', 'UNet2DConditionModel'],
        vae: ['diffusers', 'AutoencoderKL'],
      },
      'unet/config.json': { attention_head_dim: 8, block_out_channels: [32, 64, 32, 32], in_channels: 4 },
      'vae/config.json': { scaling_factor: 0.18215, latent_channels: 4 },
      'text_encoder/config.json': { num_attention_heads: 2, num_hidden_layers: 3, hidden_act: 'quick_gelu' },
      'scheduler/scheduler_config.json': {
        ...{ _class_name: 'PNDMScheduler', prediction_type: 'epsilon' },
        ...{ beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' },
      },
    },
  };
}

/** SD2.1's, which a recipe makes of SD1.5's. */
export async function sd2Folder(path: string): Promise<FolderContent> {
  const whole = await readTensors(path);
  const { json } = await sd15Folder();
  return {
    networks: {
      unet: renamed(below(whole, 'model.diffusion_model.'), unetKey),
      vae: inDiffusersLayout(below(whole, 'first_stage_model.')),
      text_encoder: openClip(below(whole, 'cond_stage_model.model.')),
    },
    json: {
      ...json,
      'unet/config.json': { attention_head_dim: [1, 2, 1, 1], block_out_channels: [32, 64, 32, 32] },
      'text_encoder/config.json': {},
      'scheduler/scheduler_config.json': { prediction_type: 'v_prediction', rescale_betas_zero_snr: true },
    },
  };
}

/** SDXL's. */
export async function sdxlFolder(): Promise<FolderContent> {
  const whole = await checkpoint('sdxl-f16');
  return {
    networks: {
      unet: renamed(below(whole, 'model.diffusion_model.'), unetKey),
      vae: inDiffusersLayout(below(whole, 'first_stage_model.')),
      text_encoder: below(whole, 'conditioner.embedders.0.transformer.'),
      text_encoder_2: openClip(below(whole, 'conditioner.embedders.1.model.')),
    },
    json: {
      'model_index.json': {
        _class_name: 'StableDiffusionXLPipeline',
        force_zeros_for_empty_prompt: true,
        scheduler: ['diffusers', 'EulerDiscreteScheduler'],
        text_encoder: ['transformers', 'CLIPTextModel'],
        text_encoder_2: ['transformers', 'CLIPTextModelWithProjection'],
        tokenizer: ['transformers', 'CLIPTokenizer'],
        tokenizer_2: ['transformers', 'CLIPTokenizer'],
        unet: ['diffusers', 'UNet2DConditionModel'],
        vae: ['diffusers', 'AutoencoderKL'],
      },
      'unet/config.json': { attention_head_dim: [1, 2, 1], block_out_channels: [32, 64, 32] },
      'vae/config.json': { scaling_factor: 0.13025, latents_mean: null },
      'text_encoder/config.json': { num_attention_heads: 2 },
      'text_encoder_2/config.json': { num_attention_heads: 4 },
      'scheduler/scheduler_config.json': { prediction_type: 'epsilon', trained_betas: null },
    },
  };
}

/** That of SDXL's refiner, which a recipe makes. */
export async function refinerFolder(path: string): Promise<FolderContent> {
  const whole = await readTensors(path);
  const { json } = await sdxlFolder();
  const { 'text_encoder/config.json': _, ...others } = json;
  return {
    networks: {
      unet: renamed(below(whole, 'model.diffusion_model.'), unetKey),
      vae: inDiffusersLayout(below(whole, 'first_stage_model.')),
      text_encoder_2: openClip(below(whole, 'conditioner.embedders.0.model.')),
    },
    json: {
      ...others,
      'model_index.json': {
        _class_name: 'StableDiffusionXLImg2ImgPipeline',
        requires_aesthetics_score: true,
        scheduler: ['diffusers', 'EulerDiscreteScheduler'],
        text_encoder: [null, null],
        text_encoder_2: ['transformers', 'CLIPTextModelWithProjection'],
        tokenizer: [null, null],
        tokenizer_2: ['transformers', 'CLIPTokenizer'],
        unet: ['diffusers', 'UNet2DConditionModel'],
        vae: ['diffusers', 'AutoencoderKL'],
      },
      'unet/config.json': { attention_head_dim: [2, 4, 2, 2], block_out_channels: [32, 64, 32, 32] },
    },
  };
}

/** FLUX.1-schnell's, or with another transformer. */
export async function fluxFolder(path?: string): Promise<FolderContent> {
  const main = path === undefined ? await checkpoint('flux1-schnell-bf16') : await readTensors(path);
  const guidance_embeds = Object.keys(main).some((key) => key.startsWith('guidance_in.'));
  return {
    networks: {
      transformer: transformer(main),
      vae: inDiffusersLayout(await checkpoint('ae')),
      text_encoder: below(await checkpoint('clip_l'), ''),
      text_encoder_2: await checkpoint('t5xxl_fp16'),
    },
    json: {
      'model_index.json': {
        _class_name: 'FluxPipeline',
        scheduler: ['diffusers', 'FlowMatchEulerDiscreteScheduler'],
        text_encoder: ['transformers', 'CLIPTextModel'],
        text_encoder_2: ['transformers', 'T5EncoderModel'],
        tokenizer: ['transformers', 'CLIPTokenizer'],
        tokenizer_2: ['transformers', 'T5TokenizerFast'],
        transformer: ['diffusers', 'FluxTransformer2DModel'],
        vae: ['diffusers', 'AutoencoderKL'],
      },
      'transformer/config.json': { axes_dims_rope: [4, 14, 14], guidance_embeds, in_channels: 64 },
      'vae/config.json': { scaling_factor: 0.3611, shift_factor: 0.1159 },
      'text_encoder/config.json': { num_attention_heads: 2 },
      'text_encoder_2/config.json': { num_heads: await t5Heads() },
      'scheduler/scheduler_config.json': { _class_name: 'FlowMatchEulerDiscreteScheduler', shift: 1 },
      'tokenizer_2/tokenizer.json': goldenT5(),
    },
  };
}

/** How many files each network is in; left out: one. */
export type Shards = Readonly<Record<string, number>>;

/** Writes a folder, with its networks in one file or in shards; `variant` goes into their files' names. Gives its index. */
export async function writeFolder(
  folder: string,
  { networks, json }: FolderContent,
  { shards = {}, variant = '' }: { readonly shards?: Shards; readonly variant?: string } = {},
): Promise<string> {
  const put = async (file: string, bytes: Uint8Array | string) => {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  };
  for (const [component, tensors] of Object.entries(networks)) {
    const stem = component.startsWith('text') ? 'model' : 'diffusion_pytorch_model';
    const count = shards[component];
    if (count === undefined) await put(`${component}/${stem}${variant}.safetensors`, safetensors(tensors));
    else
      for (const [file, bytes] of split(stem + variant, tensors, count))
        await put(`${component}/${file}`, bytes);
  }
  for (const [file, value] of Object.entries(json)) await put(file, JSON.stringify(value));
  return join(folder, 'model_index.json');
}

/** A file in so many shards, with their list, by name. */
export function split(stem: string, tensors: Tensors, count: number): Map<string, Uint8Array | string> {
  const name = (i: number) => `${stem}-${number(i + 1)}-of-${number(count)}.safetensors`;
  const parts = Array.from({ length: count }, (): Tensors => ({}));
  const weightMap: Record<string, string> = {};
  for (const [i, [key, tensor]] of Object.entries(tensors).entries()) {
    parts[i % count]![key] = tensor;
    weightMap[key] = name(i % count);
  }
  return new Map<string, Uint8Array | string>([
    ...parts.map((part, i): [string, Uint8Array] => [name(i), safetensors(part)]),
    [`${stem}.safetensors.index.json`, JSON.stringify({ metadata: {}, weight_map: weightMap })],
  ]);
}

const number = (n: number): string => String(n).padStart(5, '0');

async function t5Heads(): Promise<unknown> {
  const { configs } = JSON.parse(await readFile(`${GOLDEN}/nets/nets.json`, 'utf8')) as {
    configs: Record<string, { t5: { num_heads: number } }>;
  };
  return configs['flux']!.t5.num_heads;
}

/** Of a UNet with two residual blocks a level. */
function unetKey(key: string): string {
  const resnet = (rest: string) =>
    RESNET.reduce(
      (name, [ours, theirs]) => (name.startsWith(`${ours}.`) ? name.replace(ours, theirs) : name),
      rest,
    );
  const [, way, n, part, rest = ''] = /^(input|output)_blocks\.(\d+)\.(\d)\.(.+)$/.exec(key) ?? [];
  if (way === 'input' && n !== '0') {
    const [level, i] = [Math.floor((Number(n) - 1) / 3), (Number(n) - 1) % 3];
    if (i === 2) return `down_blocks.${level}.downsamplers.0.${rest.replace('op.', 'conv.')}`;
    return part === '0'
      ? `down_blocks.${level}.resnets.${i}.${resnet(rest)}`
      : `down_blocks.${level}.attentions.${i}.${rest}`;
  }
  if (way === 'output') {
    const [level, i] = [Math.floor(Number(n) / 3), Number(n) % 3];
    if (part === '0') return `up_blocks.${level}.resnets.${i}.${resnet(rest)}`;
    return rest.startsWith('conv.')
      ? `up_blocks.${level}.upsamplers.0.${rest}`
      : `up_blocks.${level}.attentions.${i}.${rest}`;
  }
  const middle = /^middle_block\.([012])\.(.+)$/.exec(key);
  if (middle?.[1] === '1') return `mid_block.attentions.0.${middle[2]!}`;
  if (middle) return `mid_block.resnets.${Number(middle[1]) / 2}.${resnet(middle[2]!)}`;
  const outside = OUTSIDE.find(([ours]) => key.startsWith(ours));
  return outside ? key.replace(...outside) : key;
}

const RESNET: readonly (readonly [string, string])[] = [
  ['in_layers.0', 'norm1'],
  ['in_layers.2', 'conv1'],
  ['emb_layers.1', 'time_emb_proj'],
  ['out_layers.0', 'norm2'],
  ['out_layers.3', 'conv2'],
  ['skip_connection', 'conv_shortcut'],
];

const OUTSIDE: readonly (readonly [string, string])[] = [
  ['input_blocks.0.0.', 'conv_in.'],
  ['time_embed.0.', 'time_embedding.linear_1.'],
  ['time_embed.2.', 'time_embedding.linear_2.'],
  ['label_emb.0.0.', 'add_embedding.linear_1.'],
  ['label_emb.0.2.', 'add_embedding.linear_2.'],
  ['out.0.', 'conv_norm_out.'],
  ['out.2.', 'conv_out.'],
];

/** OpenCLIP with Hugging Face's names: queries, keys and values apart, the projection transposed. */
function openClip(tensors: Tensors): Tensors {
  const found: Tensors = {};
  for (const [key, tensor] of Object.entries(tensors)) {
    if (key === 'logit_scale') continue;
    if (key === 'text_projection') found['text_projection.weight'] = transposed(tensor);
    else {
      const name = CLIP.reduce((text, [ours, theirs]) => text.replace(ours, theirs), key);
      const [, at, end] = /^(.*)attn\.in_proj_(weight|bias)$/.exec(name) ?? [];
      if (at === undefined) found[`text_model.${name}`] = tensor;
      else
        for (const [i, map] of ['q', 'k', 'v'].entries())
          found[`text_model.${at}self_attn.${map}_proj.${end!}`] = rowsOf(tensor, i, 3);
    }
  }
  return found;
}

const CLIP: readonly (readonly [RegExp, string])[] = [
  [/^transformer\.resblocks\./, 'encoder.layers.'],
  [/^ln_final\./, 'final_layer_norm.'],
  [/^token_embedding\./, 'embeddings.token_embedding.'],
  [/^positional_embedding$/, 'embeddings.position_embedding.weight'],
  [/\.ln_([12])\./, '.layer_norm$1.'],
  [/\.mlp\.c_fc\./, '.mlp.fc1.'],
  [/\.mlp\.c_proj\./, '.mlp.fc2.'],
  [/\.attn\.out_proj\./, '.self_attn.out_proj.'],
];

/** The nth of so many equal parts of a tensor's rows. */
function rowsOf({ dtype, shape: [total = 0, ...rest], bytes }: Tensor, n: number, of: number): Tensor {
  return piece({ dtype, shape: [total, ...rest], bytes }, (n * total) / of, total / of);
}

function piece({ dtype, shape: [total = 1, ...rest], bytes }: Tensor, from: number, count: number): Tensor {
  const row = bytes.length / total;
  return { dtype, shape: [count, ...rest], bytes: bytes.subarray(from * row, (from + count) * row) };
}

function transposed({ dtype, shape, bytes }: Tensor): Tensor {
  const [rows, columns] = shape as [number, number];
  const size = bytes.length / (rows * columns);
  const turned = new Uint8Array(bytes.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      turned.set(
        bytes.subarray((i * columns + j) * size, (i * columns + j + 1) * size),
        (j * rows + i) * size,
      );
  return { dtype, shape: [columns, rows], bytes: turned };
}

/** FLUX's transformer: fused maps apart, the last modulation with scale before shift. */
function transformer(tensors: Tensors): Tensors {
  const found: Tensors = {};
  for (const [key, tensor] of Object.entries(tensors)) {
    const [, block, n, rest = ''] = /^(double|single)_blocks\.(\d+)\.(.+)$/.exec(key) ?? [];
    const at = `${block === 'single' ? 'single_' : ''}transformer_blocks.${n!}.`;
    const [, stream, end] = /^(img|txt)_attn\.qkv\.(weight|bias)$/.exec(rest) ?? [];
    const [, fused] = /^linear1\.(weight|bias)$/.exec(rest) ?? [];
    if (stream !== undefined)
      for (const [i, map] of ['q', 'k', 'v'].entries())
        found[`${at}attn.${stream === 'img' ? `to_${map}` : `add_${map}_proj`}.${end!}`] = rowsOf(
          tensor,
          i,
          3,
        );
    else if (fused !== undefined) {
      const width = tensor.shape[0]! / 7;
      for (const [i, map] of ['q', 'k', 'v'].entries())
        found[`${at}attn.to_${map}.${fused}`] = piece(tensor, i * width, width);
      found[`${at}proj_mlp.${fused}`] = piece(tensor, 3 * width, 4 * width);
    } else if (block !== undefined) found[at + named(rest, block === 'double' ? DOUBLE : SINGLE)] = tensor;
    else if (key.startsWith('final_layer.adaLN_modulation.1.')) {
      const [shift, scale] = [rowsOf(tensor, 0, 2), rowsOf(tensor, 1, 2)];
      const bytes = Buffer.concat([scale.bytes, shift.bytes]);
      found[key.replace('final_layer.adaLN_modulation.1.', 'norm_out.linear.')] = { ...tensor, bytes };
    } else found[named(key, AROUND)] = tensor;
  }
  return found;
}

const named = (key: string, names: Readonly<Record<string, string>>): string => {
  const [ours] = Object.keys(names).filter((start) => key.startsWith(start));
  return ours === undefined ? key : key.replace(ours, names[ours]!);
};

const DOUBLE = {
  'img_attn.proj.': 'attn.to_out.0.',
  'txt_attn.proj.': 'attn.to_add_out.',
  'img_attn.norm.query_norm.scale': 'attn.norm_q.weight',
  'img_attn.norm.key_norm.scale': 'attn.norm_k.weight',
  'txt_attn.norm.query_norm.scale': 'attn.norm_added_q.weight',
  'txt_attn.norm.key_norm.scale': 'attn.norm_added_k.weight',
  'img_mod.lin.': 'norm1.linear.',
  'txt_mod.lin.': 'norm1_context.linear.',
  'img_mlp.0.': 'ff.net.0.proj.',
  'img_mlp.2.': 'ff.net.2.',
  'txt_mlp.0.': 'ff_context.net.0.proj.',
  'txt_mlp.2.': 'ff_context.net.2.',
};

const SINGLE = {
  'linear2.': 'proj_out.',
  'modulation.lin.': 'norm.linear.',
  'norm.query_norm.scale': 'attn.norm_q.weight',
  'norm.key_norm.scale': 'attn.norm_k.weight',
};

const AROUND = {
  'img_in.': 'x_embedder.',
  'txt_in.': 'context_embedder.',
  'time_in.in_layer.': 'time_text_embed.timestep_embedder.linear_1.',
  'time_in.out_layer.': 'time_text_embed.timestep_embedder.linear_2.',
  'guidance_in.in_layer.': 'time_text_embed.guidance_embedder.linear_1.',
  'guidance_in.out_layer.': 'time_text_embed.guidance_embedder.linear_2.',
  'vector_in.in_layer.': 'time_text_embed.text_embedder.linear_1.',
  'vector_in.out_layer.': 'time_text_embed.text_embedder.linear_2.',
  'final_layer.linear.': 'proj_out.',
};
