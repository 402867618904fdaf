import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { fluxNames } from '../checkpoint/diffusers-flux.ts';
import type { Rows } from '../checkpoint/rows.ts';
import type { TensorWindow } from '../checkpoint/safetensors.ts';
import type { Arrangement } from '../checkpoint/weight-change.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import type { ClipName, NetworkName, PartName } from '../families/family.ts';
import { FAMILIES, textEncodersOf, type ModelFamily } from '../families/index.ts';
import { unetNames } from './diffusers-names.ts';

/** A weight that adapters can address: a weight of the checkpoint or some of its rows. */
export interface Target {
  /** ComfyUI's name of the whole tensor. */
  readonly name: string;
  readonly part: PartName;
  readonly key: string;
  readonly window: TensorWindow;
  /** Rows of the checkpoint's weight; all if absent. */
  readonly rows?: Rows;
  /** Rows of the tensor called `name`, if the target is only a part of it. */
  readonly own?: Rows;
  readonly arrangement?: Arrangement;
}

/**
 * The names by which adapters may address the weights of a checkpoint, as in ComfyUI's key maps: kohya's and
 * generic names first, then Diffusers'. If two names refer to one weight, the later one wins.
 */
export function targetsOf(checkpoint: Checkpoint): Map<string, Target> {
  const targets = new Map<string, Target>();
  const all = modelTensors(checkpoint);
  const tensors = new Map(all.map((target) => [target.name, target]));
  const name = (base: string, target: Target) => targets.set(base, target);
  for (const target of all.filter(({ part }) => part === 'unet')) nameAsCheckpoint(target, name);
  DIFFUSERS[FAMILIES[checkpoint.family].network](checkpoint.weights('unet'), tensors, name);
  for (const target of all.filter(({ part }) => part !== 'unet')) nameText(checkpoint, target, name);
  return targets;
}

type Name = (base: string, target: Target) => void;

const WEIGHT = /\.weight$/;
const withoutWeight = (name: string): string => name.replace(WEIGHT, '');
const flat = (name: string): string => name.replaceAll('.', '_');

/** The bias that belongs to a target; undefined if it has none. */
export function biasOf(target: Target, targets: ReadonlyMap<string, Target>): Target | undefined {
  const bias = target.own ? undefined : target.name.replace(WEIGHT, '.bias');
  return bias === undefined || bias === target.name ? undefined : targets.get(bias);
}

/** All weights that adapters can change, by ComfyUI's name. */
export const tensorsOf = (checkpoint: Checkpoint): Map<string, Target> =>
  new Map(modelTensors(checkpoint).map((target) => [target.name, target]));

function modelTensors(checkpoint: Checkpoint): Target[] {
  const parts = FAMILIES[checkpoint.family].parts.map(({ name }) => name).filter((part) => part !== 'vae');
  return parts.flatMap((part) => {
    const source = checkpoint.weights(part);
    return source.keys().flatMap((key) => namesOf(part, key, source.get(key)));
  });
}

/** Encoders whose weights ComfyUI addresses by Hugging Face's names, however the checkpoint spells them. */
type OpenClip = 'clip_g' | 'clip_h';

const PREFIXES: Readonly<Record<Exclude<PartName, 'vae' | OpenClip>, string>> = {
  unet: 'diffusion_model.',
  clip_l: 'clip_l.transformer.text_model.',
  t5: 't5xxl.transformer.',
};

function namesOf(part: PartName, key: string, window: TensorWindow): Target[] {
  const target = { part, key, window };
  if (part === 'vae') return [];
  if (part !== 'clip_g' && part !== 'clip_h') return [{ ...target, name: PREFIXES[part] + key }];
  return openClipNames(part, key, window).map((named) => ({ ...target, ...named }));
}

/** OpenCLIP's names within a layer, then Hugging Face's. */
const OPEN_CLIP: readonly (readonly [string, string])[] = [
  ['ln_1.', 'layer_norm1.'],
  ['ln_2.', 'layer_norm2.'],
  ['mlp.c_fc.', 'mlp.fc1.'],
  ['mlp.c_proj.', 'mlp.fc2.'],
  ['attn.out_proj.', 'self_attn.out_proj.'],
];

type Named = Pick<Target, 'name' | 'rows' | 'arrangement'>;

/**
 * Hugging Face's names of an OpenCLIP weight. A fused QKV weight has three, one for each third of its rows.
 */
function openClipNames(part: OpenClip, key: string, { shape }: TensorWindow): Named[] {
  const whole = `${part}.transformer.`;
  const inModel = (name: string) => `${whole}text_model.${name}`;
  if (key === 'text_projection')
    return [{ name: `${whole}text_projection.weight`, arrangement: 'transposed' }];
  if (key.startsWith('text_projection.')) return [{ name: whole + key }];
  if (key.startsWith('ln_final.')) return [{ name: inModel(key.replace('ln_final.', 'final_layer_norm.')) }];
  if (key === 'token_embedding.weight') return [{ name: inModel('embeddings.token_embedding.weight') }];
  if (key === 'positional_embedding') return [{ name: inModel('embeddings.position_embedding.weight') }];
  const [, layer, rest] = /^transformer\.resblocks\.(\d+)\.(.*)$/.exec(key) ?? [];
  if (layer === undefined || rest === undefined) return [{ name: inModel(key) }];
  const at = inModel(`encoder.layers.${layer}.`);
  const [, end] = /^attn\.in_proj_(weight|bias)$/.exec(rest) ?? [];
  if (end !== undefined) {
    const count = (shape[0] ?? 0) / 3;
    return ['q', 'k', 'v'].map((map, i) => ({
      name: `${at}self_attn.${map}_proj.${end}`,
      rows: { from: i * count, count },
    }));
  }
  const known = OPEN_CLIP.find(([own]) => rest.startsWith(own));
  return known ? [{ name: at + rest.replace(...known) }] : [];
}

/** Adds kohya's and generic names. */
function nameAsCheckpoint(target: Target, name: Name): void {
  if (!target.name.endsWith('.weight')) {
    name(target.name, target);
    return;
  }
  const base = withoutWeight(target.name);
  name(`lora_unet_${flat(base.replace(PREFIXES.unet, ''))}`, target);
  name(base, target);
}

type NameNetwork = (unet: WeightSource, tensors: ReadonlyMap<string, Target>, name: Name) => void;

/** Adds Diffusers' names, per architecture. */
const DIFFUSERS: Readonly<Record<NetworkName, NameNetwork>> = {
  unet(unet, tensors, name) {
    for (const [key, theirs] of unetNames(unet)) {
      const target = tensors.get(PREFIXES.unet + key)!;
      for (const prefix of ['lora_unet_', 'lycoris_']) name(prefix + flat(theirs), target);
      const processor = theirs.replace('.to_', '.processor.to_').replace(/\.to_out\.0$/, '.to_out');
      for (const prefix of ['', 'unet.']) name(prefix + processor, target);
    }
  },
  flux(unet, tensors, name) {
    for (const { key, theirs, own, arrangement } of fluxNames(fluxSizes(unet))) {
      const whole = tensors.get(PREFIXES.unet + key);
      if (!whole) continue;
      const target = { ...whole, ...(own && { own }), ...(arrangement && { arrangement }) };
      name(`transformer.${theirs}`, target);
      for (const prefix of ['lycoris_', 'lora_transformer_']) name(prefix + flat(theirs), target);
    }
    for (const whole of tensors.values()) {
      if (!whole.name.endsWith('.linear1.weight') || whole.part !== 'unet') continue;
      const own = { from: 0, count: 3 * unet.length('img_in.bias') };
      name(whole.name.replace(/\.linear1\.weight$/, '.linear1_qkv'), { ...whole, own });
    }
  },
};

const fluxSizes = (transformer: WeightSource) => ({
  width: transformer.length('img_in.bias'),
  doubleBlocks: transformer.count('double_blocks'),
  singleBlocks: transformer.count('single_blocks'),
});

const CLIP_LAYER =
  /^(clip_[lgh])\.transformer\.text_model\.(encoder\.layers\.\d+\.(?:mlp\.fc[12]|self_attn\.(?:[qkv]|out)_proj))\.weight$/;

/** Prefixes for a family's first and second CLIP encoder in kohya's and Diffusers' files. */
const CLIP_NAMES: readonly { readonly kohya: readonly string[]; readonly diffusers: string }[] = [
  { kohya: ['lora_te_', 'lora_te1_'], diffusers: 'text_encoder.' },
  { kohya: ['lora_te2_'], diffusers: 'text_encoder_2.' },
];

function nameText({ family }: Checkpoint, target: Target, name: Name): void {
  if (!target.name.endsWith('.weight')) return;
  const base = withoutWeight(target.name);
  name(`text_encoders.${base}`, target);
  if (target.part === 't5') {
    const inEncoder = base.replace(PREFIXES.t5, '');
    name(`text_encoders.transformer.${inEncoder}`, target);
    for (const kohya of t5Names(family)) name(`${kohya}${flat(inEncoder)}`, target);
    return;
  }
  if (base === 'clip_g.transformer.text_projection') {
    for (const kohya of ['lora_prior_te_', 'lora_te2_']) name(`${kohya}text_projection`, target);
  }
  const [, encoder, layer] = CLIP_LAYER.exec(target.name) ?? [];
  if (encoder === undefined || layer === undefined) return;
  const { kohya, diffusers } = CLIP_NAMES[textEncodersOf(family).indexOf(encoder as ClipName)]!;
  for (const prefix of kohya) name(`${prefix}text_model_${flat(layer)}`, target);
  name(`${diffusers}text_model.${layer}`, target);
}

/** kohya numbers a family's encoders. With a single CLIP encoder, T5 may be the second or the third. */
const t5Names = (family: ModelFamily): string[] =>
  textEncodersOf(family).length === 2 ? ['lora_te2_', 'lora_te3_'] : ['lora_te3_'];
