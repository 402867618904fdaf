import { posix } from 'node:path';
import { FAMILIES, USUAL_FAMILY, type ModelFamily } from '../engine/index.ts';
import type { JobImage } from '../jobs/job.ts';
import type { Img2ImgSettings, ResizeMode } from '../jobs/request.ts';
import { conditioningAfter, controlsOf, type Prompts } from './comfy-controls.ts';
import { comfyJson } from './comfy-json.ts';
import { compositeNode, maskNodes, noiseMask } from './comfy-mask.ts';
import type { Node, Output } from './comfy-nodes.ts';
import { leftOutOf } from './comfy-notes.ts';
import { checkpointNode, isRefined, loadedName, passNodes, refinerNodes } from './comfy-sampling.ts';
import { secondPassNodes } from './comfy-second-pass.ts';

/** What makes a picture in ComfyUI. */
export interface GraphOrigin {
  readonly request: Img2ImgSettings;
  readonly image: Pick<JobImage, 'seed' | 'width' | 'height'>;
  /** The checkpoint's path below MODELS_DIR. */
  readonly checkpoint: string;
  readonly family: ModelFamily | null;
}

/** The graph as ComfyUI runs it (`prompt`) and as its editor opens it (`workflow`), both as JSON. */
export function comfyTexts(origin: GraphOrigin): { prompt: string; workflow: string } {
  return comfyJson(nodesOf(origin), leftOutOf(origin.request));
}

function nodesOf(origin: GraphOrigin): Map<string, Node> {
  const { request, image } = origin;
  const [wholeModel, wholeClip, ownVae] =
    nodesFor(origin).clipType === undefined ? CHECKPOINT_PARTS : OWN_FILES;
  const vae: Output = request.vae ? ['vae', 0] : ownVae;
  const loras = lorasOf(request, wholeModel, wholeClip);
  const last = [...loras.keys()].at(-1);
  const [loraModel, clip]: [Output, Output] =
    last === undefined
      ? [wholeModel, wholeClip]
      : [
          [last, 0],
          [last, 1],
        ];
  const patches = patchesOf(request, loraModel);
  const patched = patches.at(-1)?.[0];
  const skip = skipOf(request, clip);
  const text = (value: string): Node => ({
    type: 'CLIPTextEncode',
    links: { clip: skip ? ['skip', 0] : clip },
    values: { text: value },
    outputs: ['CONDITIONING'],
  });
  const prompts = promptsOf(request);
  const links = {
    model: patched === undefined ? loraModel : ([patched, 0] as const),
    ...conditioningAfter(request.controls?.length ?? 0, prompts),
  };
  const sampling = { request, seed: image.seed, links };
  const { steps, denoiseStrength: denoise } = request;
  const latents = latentOf(origin, vae);
  const result = compositeOf(request);
  return new Map<string, Node>([
    ...Object.entries(loadersOf(origin)),
    ...loras,
    ...patches,
    ...(skip ? [['skip', skip] as const] : []),
    ['positive', text(request.prompt)],
    ['negative', text(request.negativePrompt)],
    ...guidanceOf(request),
    ...(isRefined(request) ? refinerNodes(request) : []),
    ...latents,
    ...controlsOf(request, prompts),
    ...passNodes(sampling, { name: 'sampler', latent: ['latent', 0], steps, denoise }),
    ...secondPassNodes(request, { sampling, vae, decoder: request.tinyDecoder ? ['tiny', 0] : vae }),
    ...(result ? [['result', result] as const] : []),
    [
      'save',
      {
        type: 'SaveImage',
        links: { images: [result ? 'result' : 'decode', 0] },
        values: { filename_prefix: 'LatentQL' },
        outputs: [],
      },
    ],
  ]);
}

/** What is changed of how a model is sampled, each of what the one before gives. */
function patchesOf({ options = {}, mask }: Img2ImgSettings, model: Output): [name: string, node: Node][] {
  const { rescaleCfg, flowShift } = options;
  const patches: [string, string, Node['values']][] = [];
  if (flowShift !== undefined) patches.push(['shift', 'ModelSamplingAuraFlow', { shift: flowShift }]);
  if (rescaleCfg !== undefined) patches.push(['rescale', 'RescaleCFG', { multiplier: rescaleCfg }]);
  if (mask && mask.differential !== null)
    patches.push(['differential', 'DifferentialDiffusion', { strength: mask.differential }]);
  return patches.map(([name, type, values], i) => {
    const before = patches[i - 1];
    return [name, { type, links: { model: before ? [before[0], 0] : model }, values, outputs: ['MODEL'] }];
  });
}

/** Where the prompts' conditioning comes from: with a scale for a distilled network, from the nodes that tell it. */
const promptsOf = ({ guidance }: Img2ImgSettings): Prompts =>
  guidance == null
    ? { positive: ['positive', 0], negative: ['negative', 0] }
    : { positive: ['guided', 0], negative: ['guidedNegative', 0] };

function guidanceOf({ guidance }: Img2ImgSettings): [name: string, node: Node][] {
  if (guidance == null) return [];
  const guided = (conditioning: Output): Node => ({
    type: 'FluxGuidance',
    links: { conditioning },
    values: { guidance },
    outputs: ['CONDITIONING'],
  });
  return [
    ['guided', guided(['positive', 0])],
    ['guidedNegative', guided(['negative', 0])],
  ];
}

/** What lies outside a mask is the source's, if nothing made the picture larger. */
function compositeOf({ mask, extend, source, upscale }: Img2ImgSettings): Node | undefined {
  if (!source || upscale) return undefined;
  if (extend) return compositeNode(['pad', 0], ['decode', 0], ['pad', 1]);
  return mask ? compositeNode(['fit', 0], ['decode', 0], ['mask', 0]) : undefined;
}

/** Each LoRA changes what the one before gives. */
function lorasOf({ loras = [] }: Img2ImgSettings, model: Output, clip: Output): Map<string, Node> {
  const nodes = new Map<string, Node>();
  for (const [i, { file, strength, textStrength }] of loras.entries()) {
    const links = i === 0 ? { model, clip } : ({ model: [`lora${i}`, 0], clip: [`lora${i}`, 1] } as const);
    const values = { lora_name: posix.basename(file), strength_model: strength, strength_clip: textStrength };
    nodes.set(`lora${i + 1}`, { type: 'LoraLoader', links, values, outputs: ['MODEL', 'CLIP'] });
  }
  return nodes;
}

/** The layer of the text encoders that is taken, where the request says which. */
const skipOf = ({ clipSkip }: Img2ImgSettings, clip: Output): Node | undefined =>
  clipSkip == null
    ? undefined
    : {
        type: 'CLIPSetLastLayer',
        links: { clip },
        values: { stop_at_clip_layer: -clipSkip },
        outputs: ['CLIP'],
      };

const CHECKPOINT_PARTS: readonly [Output, Output, Output] = [
  ['checkpoint', 0],
  ['checkpoint', 1],
  ['checkpoint', 2],
];
const OWN_FILES: readonly [Output, Output, Output] = [
  ['unet', 0],
  ['clip', 0],
  ['vae', 0],
];

/** ComfyUI's nodes for a family; those of SD1.5 for one that is not known. */
const nodesFor = ({ family }: GraphOrigin) => FAMILIES[family ?? USUAL_FAMILY].comfy;

function loadersOf(origin: GraphOrigin): Record<string, Node> {
  const { request, checkpoint } = origin;
  const { clipType } = nodesFor(origin);
  const file = request.vae ? posix.basename(request.vae.file) : 'ae.safetensors';
  const loader = (name: string): Node => ({
    type: 'VAELoader',
    values: { vae_name: name },
    outputs: ['VAE'],
  });
  const vae = loader(file);
  // Its files lie in ComfyUI's vae_approx, and are called by what they are.
  const { tiny } = FAMILIES[origin.family ?? USUAL_FAMILY].latent;
  const ofDecoder = request.tinyDecoder && { tiny: loader(tiny.title.toLowerCase()) };
  if (clipType === undefined)
    return { checkpoint: checkpointNode(checkpoint), ...(request.vae && { vae }), ...ofDecoder };
  const encoders = { clip_name1: 't5xxl_fp16.safetensors', clip_name2: 'clip_l.safetensors', type: clipType };
  return {
    unet: {
      type: 'UNETLoader',
      values: { unet_name: loadedName(checkpoint), weight_dtype: 'default' },
      outputs: ['MODEL'],
    },
    clip: { type: 'DualCLIPLoader', values: encoders, outputs: ['CLIP'] },
    vae,
    ...ofDecoder,
  };
}

/** An empty latent, or that of the source fitted to the size; which file that was is for the reader to say. */
function latentOf(origin: GraphOrigin, vae: Output): [name: string, node: Node][] {
  const { request, image } = origin;
  const { mask, extend } = request;
  const isOtherSize = request.upscale ?? extend ?? (mask?.area === 'MASKED' || undefined);
  const { width, height } = isOtherSize === undefined ? image : request;
  if (!request.source) {
    const type = nodesFor(origin).emptyLatent;
    return [['latent', { type, values: { width, height, batch_size: 1 }, outputs: ['LATENT'] }]];
  }
  const fitted = (picture: Output) => fitNode(picture, { width, height, mode: request.resizeMode });
  const source = { type: 'LoadImage', values: { image: 'source.png' }, outputs: ['IMAGE', 'MASK'] };
  const sources: [string, Node][] = [
    ['source', source],
    ['fit', fitted(['source', 0])],
  ];
  const encode = (from: string): Node => ({
    type: 'VAEEncode',
    links: { pixels: [from, 0], vae },
    values: {},
    outputs: ['LATENT'],
  });
  if (mask && !extend) return [...sources, ...maskNodes(mask, { image: ['fit', 0], fitted, vae })];
  if (!extend) return [...sources, ['latent', encode('fit')]];
  const { feather: feathering, ...sides } = extend;
  const pad: Node = {
    type: 'ImagePadForOutpaint',
    links: { image: ['fit', 0] },
    values: { ...sides, feathering },
    outputs: ['IMAGE', 'MASK'],
  };
  return [
    ...sources,
    ['pad', pad],
    ['encode', encode('pad')],
    ['latent', noiseMask(['encode', 0], ['pad', 1])],
  ];
}

/** Brings a picture to a size, as `resizeMode` does. */
const fitNode = (
  image: Output,
  { width, height, mode }: { readonly width: number; readonly height: number; readonly mode: ResizeMode },
): Node =>
  mode === 'FIT'
    ? {
        type: 'ResizeAndPadImage',
        links: { image },
        values: {
          target_width: width,
          target_height: height,
          padding_color: 'black',
          interpolation: 'lanczos',
        },
        outputs: ['IMAGE'],
      }
    : {
        type: 'ImageScale',
        links: { image },
        values: { upscale_method: 'lanczos', width, height, crop: mode === 'CROP' ? 'center' : 'disabled' },
        outputs: ['IMAGE'],
      };
