import { posix } from 'node:path';
import { FAMILIES, USUAL_FAMILY, type ModelFamily } from '../engine/index.ts';
import type { JobImage } from '../jobs/job.ts';
import type { Img2ImgSettings } from '../jobs/request.ts';
import { comfyJson } from './comfy-json.ts';
import type { Node, Output } from './comfy-nodes.ts';
import { secondPassNodes } from './comfy-second-pass.ts';

/** What makes a picture in ComfyUI. */
export interface GraphOrigin {
  readonly request: Img2ImgSettings;
  readonly image: Pick<JobImage, 'seed' | 'width' | 'height'>;
  /** The checkpoint's file name. */
  readonly checkpoint: string;
  readonly family: ModelFamily | null;
}

/** The graph as ComfyUI runs it (`prompt`) and as its editor opens it (`workflow`), both as JSON. */
export function comfyTexts(origin: GraphOrigin): { prompt: string; workflow: string } {
  return comfyJson(nodesOf(origin));
}

function nodesOf(origin: GraphOrigin): Map<string, Node> {
  const { request } = origin;
  const [wholeModel, wholeClip, ownVae] =
    nodesFor(origin).clipType === undefined ? CHECKPOINT_PARTS : OWN_FILES;
  const vae: Output = request.vae ? ['vae', 0] : ownVae;
  const loras = lorasOf(request, wholeModel, wholeClip);
  const last = [...loras.keys()].at(-1);
  const [model, clip]: [Output, Output] =
    last === undefined
      ? [wholeModel, wholeClip]
      : [
          [last, 0],
          [last, 1],
        ];
  const skip = skipOf(request, clip);
  const text = (value: string): Node => ({
    type: 'CLIPTextEncode',
    links: { clip: skip ? ['skip', 0] : clip },
    values: { text: value },
    outputs: ['CONDITIONING'],
  });
  const controls = controlsOf(request);
  const links = {
    model,
    ...conditioningAfter(request.controls?.length ?? 0),
    latent_image: ['latent', 0],
  } as const;
  const sampler: Node = {
    type: 'KSampler',
    links,
    values: {
      seed: origin.image.seed,
      steps: request.steps,
      cfg: request.cfg,
      sampler_name: request.samplerName,
      scheduler: request.scheduler,
      denoise: request.denoiseStrength,
    },
    outputs: ['LATENT'],
  };
  return new Map<string, Node>([
    ...Object.entries(loadersOf(origin)),
    ...loras,
    ...(skip ? [['skip', skip] as const] : []),
    ['positive', text(request.prompt)],
    ['negative', text(request.negativePrompt)],
    ...Object.entries(latentOf(origin, vae)),
    ...controls,
    ['sampler', sampler],
    ...secondPassNodes(request, { sampler, vae, decoder: request.tinyDecoder ? ['tiny', 0] : vae }),
    [
      'save',
      {
        type: 'SaveImage',
        links: { images: ['decode', 0] },
        values: { filename_prefix: 'LatentQL' },
        outputs: [],
      },
    ],
  ]);
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

/** Each control adds to the conditioning that the one before gives. Which file its picture was is for the reader to say. */
function controlsOf({ controls = [] }: Img2ImgSettings): Map<string, Node> {
  const nodes = new Map<string, Node>();
  for (const [i, { file, strength, start, end, how, image }] of controls.entries()) {
    const n = i + 1;
    let picture: Output = ['fit', 0];
    if (image) {
      const values = { image: `control${n}.png` };
      nodes.set(`picture${n}`, { type: 'LoadImage', values, outputs: ['IMAGE', 'MASK'] });
      picture = [`picture${n}`, 0];
    }
    if (how.preprocessor === 'INVERT') {
      nodes.set(`inverted${n}`, {
        type: 'ImageInvert',
        links: { image: picture },
        values: {},
        outputs: ['IMAGE'],
      });
      picture = [`inverted${n}`, 0];
    }
    nodes.set(`control${n}`, {
      type: 'ControlNetLoader',
      values: { control_net_name: posix.basename(file) },
      outputs: ['CONTROL_NET'],
    });
    nodes.set(`apply${n}`, {
      type: 'ControlNetApplyAdvanced',
      links: { ...conditioningAfter(i), control_net: [`control${n}`, 0], image: picture },
      values: { strength, start_percent: start, end_percent: end },
      outputs: ['CONDITIONING', 'CONDITIONING'],
    });
  }
  return nodes;
}

/** What comes out of the prompts, or of the last of so many controls. */
const conditioningAfter = (controls: number): Readonly<Record<'positive' | 'negative', Output>> =>
  controls === 0
    ? { positive: ['positive', 0], negative: ['negative', 0] }
    : { positive: [`apply${controls}`, 0], negative: [`apply${controls}`, 1] };

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
  if (clipType === undefined) {
    const outputs = ['MODEL', 'CLIP', 'VAE'];
    return {
      checkpoint: { type: 'CheckpointLoaderSimple', values: { ckpt_name: checkpoint }, outputs },
      ...(request.vae && { vae }),
      ...ofDecoder,
    };
  }
  const encoders = { clip_name1: 't5xxl_fp16.safetensors', clip_name2: 'clip_l.safetensors', type: clipType };
  return {
    unet: {
      type: 'UNETLoader',
      values: { unet_name: checkpoint, weight_dtype: 'default' },
      outputs: ['MODEL'],
    },
    clip: { type: 'DualCLIPLoader', values: encoders, outputs: ['CLIP'] },
    vae,
    ...ofDecoder,
  };
}

/** An empty latent, or that of the source fitted to the size; which file that was is for the reader to say. */
function latentOf(origin: GraphOrigin, vae: Output): Record<string, Node> {
  const { request, image } = origin;
  const { width, height } = request.upscale || request.extend ? request : image;
  if (!request.source) {
    const type = nodesFor(origin).emptyLatent;
    return { latent: { type, values: { width, height, batch_size: 1 }, outputs: ['LATENT'] } };
  }
  const fit: Node =
    request.resizeMode === 'FIT'
      ? {
          type: 'ResizeAndPadImage',
          links: { image: ['source', 0] },
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
          links: { image: ['source', 0] },
          values: {
            upscale_method: 'lanczos',
            width,
            height,
            crop: request.resizeMode === 'CROP' ? 'center' : 'disabled',
          },
          outputs: ['IMAGE'],
        };
  const source = { type: 'LoadImage', values: { image: 'source.png' }, outputs: ['IMAGE', 'MASK'] };
  const encode = (from: string): Node => ({
    type: 'VAEEncode',
    links: { pixels: [from, 0], vae },
    values: {},
    outputs: ['LATENT'],
  });
  if (!request.extend) return { source, fit, latent: encode('fit') };
  const { feather: feathering, ...sides } = request.extend;
  return {
    source,
    fit,
    pad: {
      type: 'ImagePadForOutpaint',
      links: { image: ['fit', 0] },
      values: { ...sides, feathering },
      outputs: ['IMAGE', 'MASK'],
    },
    encode: encode('pad'),
    latent: {
      type: 'SetLatentNoiseMask',
      links: { samples: ['encode', 0], mask: ['pad', 1] },
      values: {},
      outputs: ['LATENT'],
    },
  };
}
