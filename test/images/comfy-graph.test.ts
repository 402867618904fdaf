import { expect, test } from 'vitest';
import { comfyTexts, type GraphOrigin } from '../../src/images/comfy-graph.ts';
import type { Img2ImgSettings, JobControl, JobMask } from '../../src/jobs/request.ts';

/** ComfyUI's nodes: the type of each input that they need, and what they give. Values are of type VALUE. */
const NODES: Readonly<Record<string, readonly [inputs: string, outputs: string]>> = {
  CheckpointLoaderSimple: ['ckpt_name', 'MODEL CLIP VAE'],
  DiffusersLoader: ['model_path', 'MODEL CLIP VAE'],
  UNETLoader: ['unet_name weight_dtype', 'MODEL'],
  DualCLIPLoader: ['clip_name1 clip_name2 type', 'CLIP'],
  VAELoader: ['vae_name', 'VAE'],
  LoraLoader: ['model:MODEL clip:CLIP lora_name strength_model strength_clip', 'MODEL CLIP'],
  CLIPSetLastLayer: ['clip:CLIP stop_at_clip_layer', 'CLIP'],
  CLIPTextEncode: ['clip:CLIP text', 'CONDITIONING'],
  FluxGuidance: ['conditioning:CONDITIONING guidance', 'CONDITIONING'],
  RescaleCFG: ['model:MODEL multiplier', 'MODEL'],
  ModelSamplingAuraFlow: ['model:MODEL shift', 'MODEL'],
  DifferentialDiffusion: ['model:MODEL strength', 'MODEL'],
  EmptyLatentImage: ['width height batch_size', 'LATENT'],
  EmptySD3LatentImage: ['width height batch_size', 'LATENT'],
  LoadImage: ['image', 'IMAGE MASK'],
  ImageScale: ['image:IMAGE upscale_method width height crop', 'IMAGE'],
  ResizeAndPadImage: ['image:IMAGE target_width target_height padding_color interpolation', 'IMAGE'],
  ImagePadForOutpaint: ['image:IMAGE left top right bottom feathering', 'IMAGE MASK'],
  ImageToMask: ['image:IMAGE channel', 'MASK'],
  MaskToImage: ['mask:MASK', 'IMAGE'],
  GrowMask: ['mask:MASK expand tapered_corners', 'MASK'],
  ImageBlur: ['image:IMAGE blur_radius sigma', 'IMAGE'],
  ImageInvert: ['image:IMAGE', 'IMAGE'],
  Canny: ['image:IMAGE low_threshold high_threshold', 'IMAGE'],
  ImageCompositeMasked: ['destination:IMAGE source:IMAGE mask:MASK x y resize_source', 'IMAGE'],
  VAEEncode: ['pixels:IMAGE vae:VAE', 'LATENT'],
  VAEEncodeForInpaint: ['pixels:IMAGE vae:VAE mask:MASK grow_mask_by', 'LATENT'],
  VAEDecode: ['samples:LATENT vae:VAE', 'IMAGE'],
  SetLatentNoiseMask: ['samples:LATENT mask:MASK', 'LATENT'],
  LatentUpscale: ['samples:LATENT upscale_method width height crop', 'LATENT'],
  UpscaleModelLoader: ['model_name', 'UPSCALE_MODEL'],
  ImageUpscaleWithModel: ['upscale_model:UPSCALE_MODEL image:IMAGE', 'IMAGE'],
  ControlNetLoader: ['control_net_name', 'CONTROL_NET'],
  SetUnionControlNetType: ['control_net:CONTROL_NET type', 'CONTROL_NET'],
  ControlNetApplyAdvanced: [
    'positive:CONDITIONING negative:CONDITIONING control_net:CONTROL_NET image:IMAGE strength start_percent end_percent',
    'CONDITIONING CONDITIONING',
  ],
  KSampler: [
    'model:MODEL positive:CONDITIONING negative:CONDITIONING latent_image:LATENT seed steps cfg sampler_name scheduler denoise',
    'LATENT',
  ],
  KSamplerAdvanced: [
    'model:MODEL positive:CONDITIONING negative:CONDITIONING latent_image:LATENT add_noise noise_seed steps cfg sampler_name scheduler start_at_step end_at_step return_with_leftover_noise',
    'LATENT',
  ],
  SaveImage: ['images:IMAGE filename_prefix', ''],
};

const PLAIN: Img2ImgSettings = {
  ...{ model: 'a', seed: '18446744073709551615', steps: 20, batchSize: 1, width: 64, height: 128 },
  ...{
    samplerName: 'euler',
    cfg: 7,
    denoiseStrength: 0.75,
    scheduler: 'normal',
    prompt: '123',
    negativePrompt: '',
  },
  ...{ imageUrl: '', resizeMode: 'CROP', source: { sha256: 'ab'.repeat(32), width: 640, height: 480 } },
};
const MASK: JobMask = {
  ...{
    sha256: 'cd'.repeat(32),
    fill: 'ORIGINAL',
    area: 'WHOLE',
    grow: 0,
    blur: 0,
    padding: 32,
    differential: null,
  },
};
const file = (name: string) => ({ name, file: `some/${name}.safetensors`, sha256: 'ef'.repeat(32) });
const REFINER = { ...file('refiner'), switchAt: 0.8 };
const CONTROL: JobControl = {
  ...{ ...file('canny'), kind: 'CONTROLNET', strength: 1, start: 0, end: 1, image: null },
  how: { preprocessor: 'NONE' },
};
const UPSCALE = {
  by: 2,
  width: 128,
  height: 256,
  model: null,
  method: 'bislerp',
  denoiseStrength: 0.5,
  steps: 10,
} as const;

interface Case {
  readonly what: string;
  readonly more: Partial<Img2ImgSettings>;
  /** Types of nodes that the graph has for it. */
  readonly has?: readonly string[];
  readonly notes?: readonly string[];
  readonly origin?: Partial<GraphOrigin>;
}

const SAMPLES_ONCE = ['KSampler'];
const CASES: readonly Case[] = [
  { what: 'nothing special', more: {}, has: SAMPLES_ONCE },
  { what: 'no source', more: { source: null }, has: ['EmptyLatentImage'] },
  {
    what: 'FLUX',
    more: { source: null, guidance: 2.5, options: { flowShift: 2 } },
    origin: { family: 'flux' },
    has: ['UNETLoader', 'FluxGuidance', 'ModelSamplingAuraFlow'],
  },
  {
    what: 'a folder',
    more: {},
    origin: { checkpoint: 'x/nice one/model_index.json' },
    has: ['DiffusersLoader'],
  },
  {
    what: 'LoRAs, clip skip, a VAE',
    more: { loras: [{ ...file('l'), strength: 1, textStrength: 0 }], clipSkip: 2, vae: file('v') },
    has: ['LoraLoader', 'CLIPSetLastLayer', 'VAELoader'],
  },
  { what: 'a mask', more: { mask: MASK }, has: ['SetLatentNoiseMask', 'VAEEncode', 'ImageCompositeMasked'] },
  {
    what: 'a mask with everything',
    more: { mask: { ...MASK, fill: 'BLANK', grow: -4, blur: 3, differential: 1 } },
    has: ['GrowMask', 'ImageBlur', 'VAEEncodeForInpaint', 'DifferentialDiffusion'],
  },
  {
    what: 'only the region around a mask',
    more: { mask: { ...MASK, area: 'MASKED', blur: 20 } },
    notes: ['only the region around the mask was made, with 32 pixels', 'mask blur 20'],
  },
  {
    what: 'more around the source',
    more: { extend: { left: 8, top: 0, right: 8, bottom: 0, feather: 4 } },
    has: ['ImagePadForOutpaint', 'ImageCompositeMasked'],
  },
  {
    what: 'a refiner',
    more: { refiner: REFINER },
    has: ['KSamplerAdvanced', 'KSamplerAdvanced', 'CheckpointLoaderSimple', 'CheckpointLoaderSimple'],
  },
  {
    what: 'a refiner in a folder, a mask and a second pass',
    more: { refiner: { ...REFINER, file: 'r/model_index.json' }, mask: MASK, upscale: UPSCALE },
    has: [
      'DiffusersLoader',
      'LatentUpscale',
      'KSamplerAdvanced',
      'KSamplerAdvanced',
      'KSamplerAdvanced',
      'KSamplerAdvanced',
    ],
  },
  {
    what: 'a refiner that never takes over',
    more: { refiner: { ...REFINER, switchAt: 1 } },
    has: SAMPLES_ONCE,
    notes: ['the refiner refiner from 1 of the steps on'],
  },
  {
    what: 'an upscaler',
    more: { upscale: { ...UPSCALE, model: file('4x') } },
    has: ['ImageUpscaleWithModel', 'KSampler', 'KSampler'],
  },
  {
    what: 'controls',
    more: {
      controls: [
        CONTROL,
        {
          ...CONTROL,
          mode: 'LINE',
          image: PLAIN.source,
          how: { preprocessor: 'CANNY', low: 100, high: 200 },
        },
        { ...CONTROL, how: { preprocessor: 'INVERT' } },
        { ...CONTROL, how: { preprocessor: 'BLUR', blur: 4 } },
      ],
    },
    has: ['ControlNetApplyAdvanced', 'SetUnionControlNetType', 'Canny', 'ImageInvert', 'ImageBlur'],
  },
  {
    what: 'preprocessors that it has not',
    more: {
      controls: [
        { ...CONTROL, how: { preprocessor: 'LUMINANCE' } },
        { ...CONTROL, how: { preprocessor: 'BLUR', blur: 40 } },
      ],
    },
    notes: ['canny: preprocessor LUMINANCE', 'canny: blur 40'],
  },
  {
    what: 'how guidance is applied',
    more: { options: { rescaleCfg: 0.7, eta: 0.5, sNoise: 1.1, cfgInterval: { start: 0.1, end: 0.9 } } },
    has: ['RescaleCFG'],
    notes: ['eta 0.5', 'sNoise 1.1', 'guidance from 0.1 to 0.9'],
  },
  {
    what: 'what is approximated',
    more: { options: { deepCache: { interval: 3, depth: 1 }, tokenMerging: 0.5 } },
    notes: ['DeepCache: interval 3, depth 1', 'token merging 0.5'],
  },
  {
    what: 'tiling, a variation, noise of a GPU and the syntax of A1111',
    more: {
      tiling: 'BOTH',
      variation: { seed: '7', strength: 0.2 },
      noiseDevice: 'GPU',
      promptStyle: 'A1111',
      emphasis: 'NO_NORM',
    },
    notes: [
      'tiling BOTH',
      'variation: seed 7, strength 0.2',
      'noise of a GPU',
      'in the syntax of A1111, emphasis NO_NORM',
    ],
  },
];

type Graph = Readonly<
  Record<string, { readonly class_type: string; readonly inputs: Readonly<Record<string, unknown>> }>
>;
interface Workflow {
  readonly nodes: readonly { readonly type: string; readonly widgets_values: readonly unknown[] }[];
}

const textsOf = ({ more, origin }: Pick<Case, 'more' | 'origin'>) =>
  comfyTexts({
    request: { ...PLAIN, ...more },
    image: { seed: PLAIN.seed, width: 64, height: 128 },
    ...{ checkpoint: 'some/a.safetensors', family: 'sd15' },
    ...origin,
  });

test.each(CASES)(
  'the graph of a picture with $what runs in ComfyUI, and notes say what it lacks',
  ({ has = [], notes = [], ...it }) => {
    const texts = textsOf(it);
    expect(texts.prompt).not.toContain('latentql-seed');
    const graph = JSON.parse(texts.prompt) as Graph;
    for (const { class_type: type, inputs } of Object.values(graph)) {
      const [needed] = NODES[type] ?? expect.fail(`${type} is no node of ComfyUI`);
      const types = needed.split(' ').map((input) => input.split(':') as [string, string?]);
      expect(Object.keys(inputs).sort(), type).toEqual(types.map(([name]) => name).sort());
      for (const [name, expected] of types) {
        if (expected === undefined)
          expect(['string', 'number', 'boolean'], `${type}, ${name}`).toContain(typeof inputs[name]);
        else {
          const [id, output] = inputs[name] as [string, number];
          expect(NODES[graph[id]!.class_type]![1].split(' ')[output], `${type}, ${name}`).toBe(expected);
        }
      }
    }
    const found = Object.values(graph).map(({ class_type: type }) => type);
    for (const type of new Set(has)) {
      const wanted = has.filter((one) => one === type).length;
      expect(found.filter((one) => one === type).length, type).toBeGreaterThanOrEqual(wanted);
    }
    const workflow = JSON.parse(texts.workflow) as Workflow;
    const noted = workflow.nodes
      .filter(({ type }) => type === 'Note')
      .map((node) => String(node.widgets_values[0]));
    expect(noted).toHaveLength(notes.length > 0 ? 1 : 0);
    for (const note of notes) expect(noted[0]).toContain(note);
  },
);

test('a seed is a number of 64 bits in both texts, and a prompt of digits stays a text', () => {
  for (const more of [{}, { refiner: REFINER }]) {
    const { prompt, workflow } = textsOf({ more });
    expect(prompt).toMatch(/"(noise_)?seed":18446744073709551615/);
    expect(workflow).toMatch(/"widgets_values":\[("enable",)?18446744073709551615,"fixed",/);
    expect(prompt).toContain('"text":"123"');
    expect(workflow).toContain('"widgets_values":["123"]');
  }
});
