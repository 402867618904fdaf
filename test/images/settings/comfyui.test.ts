import { describe, expect, it } from 'vitest';
import { read } from './texts.ts';

/** A graph of the usual nodes, some of them replaced. */
const graph = (
  changes: Readonly<Record<string, unknown>> = {},
  sampler: Readonly<Record<string, unknown>> = {},
) =>
  JSON.stringify({
    m: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'x/base.safetensors' } },
    e: { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 768, batch_size: 1 } },
    p: { class_type: 'CLIPTextEncode', inputs: { text: 'a', clip: ['m', 1] } },
    n: { class_type: 'CLIPTextEncode', inputs: { text: 'b', clip: ['m', 1] } },
    s: {
      class_type: 'KSampler',
      inputs: {
        ...{ seed: 5, steps: 20, cfg: 7, sampler_name: 'euler', scheduler: 'normal', denoise: 1 },
        ...{ model: ['m', 0], positive: ['p', 0], negative: ['n', 0], latent_image: ['e', 0] },
        ...sampler,
      },
    },
    d: { class_type: 'VAEDecode', inputs: { samples: ['s', 0], vae: ['m', 2] } },
    o: { class_type: 'SaveImage', inputs: { images: ['d', 0] } },
    ...changes,
  });
const GRAPH = {
  model: 'base',
  prompt: 'a',
  negativePrompt: 'b',
  seed: '5',
  steps: 20,
  cfg: 7,
  samplerName: 'euler',
  scheduler: 'normal',
  width: 512,
  height: 768,
};
const readGraph = (
  changes?: Readonly<Record<string, unknown>>,
  sampler?: Readonly<Record<string, unknown>>,
) => read({ prompt: graph(changes, sampler) });

/** The graph's settings without some. */
const without = (...names: readonly (keyof typeof GRAPH)[]) =>
  Object.fromEntries(Object.entries(GRAPH).filter(([name]) => !names.includes(name as keyof typeof GRAPH)));

describe("ComfyUI's graph", () => {
  it('is read along its links, whatever else it holds', async () => {
    const extra = {
      extra: { airs: [] },
      extraMetadata: '{}',
      z: { inputs: { seed: 9 } },
      ['__proto__']: { class_type: 'SaveImage' },
    };
    expect((await readGraph(extra)).settings).toEqual(GRAPH);
  });

  it.each(['taesd', 'taesdxl', 'taef1'])('says that a tiny decoder made the picture: %s', async (name) => {
    const loader = { class_type: 'VAELoader', inputs: { vae_name: name } };
    const decode = { class_type: 'VAEDecode', inputs: { samples: ['s', 0], vae: ['t', 0] } };
    const { settings, leftOut } = await readGraph({ t: loader, d: decode });
    expect(settings).toEqual({ ...GRAPH, decoder: 'TAESD' });
    expect(leftOut).toEqual([]);
    const first = { class_type: 'VAEDecode', inputs: { samples: ['s', 0], vae: ['m', 2] } };
    const mixed = await readGraph({ t: loader, d: decode, first });
    expect(mixed.settings).toEqual(GRAPH);
    expect(mixed.leftOut).toContain('tiny decoder of some of the pictures: node VAEDecode');
    const own = { ...loader, inputs: { vae_name: 'taesd.safetensors' } };
    expect((await readGraph({ t: own, d: decode })).settings).toEqual(GRAPH);
  });

  it('leaves out what a circle of links does not say', async () => {
    const controlled = (links: object) => ({ class_type: 'ControlNetApply', inputs: links });
    const prompts = await readGraph({
      p: controlled({ conditioning: ['q', 0] }),
      q: controlled({ conditioning: ['p', 0] }),
    });
    expect(prompts.settings).toEqual(without('prompt'));
    const models = await readGraph({ m: { class_type: 'FreeU', inputs: { model: ['m', 0] } } });
    expect(models.settings).toEqual(without('model'));
    const latents = await readGraph({ e: { class_type: 'VAEEncode', inputs: { pixels: ['d', 0] } } });
    expect([latents.settings, latents.leftOut]).toEqual([{}, ['graph: samplers in a circle']]);
  });

  it('leaves everything where two samplers stand side by side', async () => {
    const { s, ...nodes } = JSON.parse(graph()) as Record<string, unknown>;
    const blend = { class_type: 'LatentBlend', inputs: { samples1: ['s', 0], samples2: ['t', 0] } };
    const decode = { class_type: 'VAEDecode', inputs: { samples: ['b', 0], vae: ['m', 2] } };
    const { settings, leftOut } = await read({
      prompt: JSON.stringify({ ...nodes, s, t: s, b: blend, d: decode }),
    });
    expect([settings, leftOut]).toEqual([{}, ['graph: 2 samplers side by side']]);
  });

  it('takes the sampler that began, where a picture is saved between the passes too', async () => {
    const later = {
      u: { class_type: 'LatentUpscaleBy', inputs: { samples: ['s', 0], scale_by: 2 } },
      t: {
        class_type: 'KSampler',
        inputs: {
          ...{ seed: 9, steps: 9, cfg: 9, sampler_name: 'lms', scheduler: 'karras', denoise: 0.5 },
          ...{ model: ['m', 0], positive: ['p', 0], negative: ['n', 0], latent_image: ['u', 0] },
        },
      },
      f: { class_type: 'VAEDecode', inputs: { samples: ['t', 0], vae: ['m', 2] } },
      g: { class_type: 'SaveImage', inputs: { images: ['f', 0] } },
    };
    const { settings, leftOut } = await readGraph(later);
    expect(settings).toEqual(GRAPH);
    expect(leftOut).toEqual(['second sampler (upscale or refiner): node KSampler t']);
  });

  it('takes a sampler that goes on with another checkpoint for a refiner, and its steps for those of one run', async () => {
    const part = (from: number, to: number, links: object) => ({
      class_type: 'KSamplerAdvanced',
      inputs: {
        ...{ noise_seed: 5, steps: 26, cfg: 7, sampler_name: 'euler', scheduler: 'normal' },
        ...{ add_noise: from === 6 ? 'enable' : 'disable', start_at_step: from, end_at_step: to },
        ...{ model: ['m', 0], positive: ['p', 0], negative: ['n', 0], latent_image: ['v', 0], ...links },
      },
    });
    const graph = (ckpt_name: string) => ({
      i: { class_type: 'LoadImage', inputs: { image: 'a.png' } },
      k: {
        class_type: 'ImageScale',
        inputs: { image: ['i', 0], width: 512, height: 768, upscale_method: 'lanczos', crop: 'center' },
      },
      v: { class_type: 'VAEEncode', inputs: { pixels: ['k', 0], vae: ['m', 2] } },
      s: part(6, 22, {}),
      r: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name } },
      t: part(22, 10_000, { latent_image: ['s', 0], model: ['r', 0] }),
      d: { class_type: 'VAEDecode', inputs: { samples: ['t', 0], vae: ['m', 2] } },
    });
    const { settings, leftOut } = await readGraph(graph('sd_xl_refiner.safetensors'));
    const refiner = { model: 'sd_xl_refiner', switchAt: 0.8 };
    expect(settings).toEqual({ ...GRAPH, denoiseStrength: 0.75, resizeMode: 'CROP', refiner });
    expect(leftOut).toEqual([]);
    const same = await readGraph(graph('x/base.safetensors'));
    expect(same.settings).not.toHaveProperty('refiner');
    expect(same.leftOut).toContain('second sampler (upscale or refiner): node KSamplerAdvanced t');
  });

  it('follows a conditioning by the output that is linked', async () => {
    const control = {
      class_type: 'ControlNetApplyAdvanced',
      inputs: { positive: ['p', 0], negative: ['n', 0], strength: 0.8 },
    };
    const { settings, leftOut } = await readGraph({ c: control }, { positive: ['c', 0], negative: ['c', 1] });
    expect([settings, leftOut]).toEqual([GRAPH, ['node ControlNetApplyAdvanced: strength 0.8']]);
  });

  describe('with a mask', () => {
    const source = { class_type: 'LoadImage', inputs: { image: 'a.png' } };
    const file = { class_type: 'LoadImageMask', inputs: { image: 'mask.png', channel: 'red' } };
    const masked = (nodes: object) => ({
      i: source,
      k: { class_type: 'ImageScale', inputs: { image: ['i', 0], width: 512, height: 768, crop: 'disabled' } },
      v: { class_type: 'VAEEncode', inputs: { pixels: ['k', 0], vae: ['m', 2] } },
      l: { class_type: 'SetLatentNoiseMask', inputs: { samples: ['v', 0], mask: ['x', 0] } },
      x: file,
      ...nodes,
    });
    const GREY = { ...GRAPH, denoiseStrength: 1, resizeMode: 'STRETCH' };
    const lost = 'mask: its picture is not in the file (node SetLatentNoiseMask)';
    const grow = (mask: string, expand: number, tapered = false) => ({
      class_type: 'GrowMask',
      inputs: { mask: [mask, 0], expand, tapered_corners: tapered },
    });

    it('restores what was made of it, and says that the mask itself is not there', async () => {
      const nodes = { x: grow('y', 6), y: { class_type: 'InvertMask', inputs: { mask: ['f', 0] } }, f: file };
      const { settings, leftOut } = await readGraph(masked(nodes), { latent_image: ['l', 0] });
      expect(settings).toEqual({ ...GREY, mask: { fill: 'ORIGINAL', grow: 6, invert: true } });
      expect(leftOut).toEqual([lost]);
    });

    it('leaves out what comes in another order, in another form or is beyond the limits', async () => {
      const inverted = {
        x: { class_type: 'InvertMask', inputs: { mask: ['y', 0] } },
        y: grow('f', 6),
        f: file,
      };
      const first = await readGraph(masked(inverted), { latent_image: ['l', 0] });
      expect(first.settings).toEqual({ ...GREY, mask: { fill: 'ORIGINAL', invert: true } });
      expect(first.leftOut).toEqual([lost, 'mask: node GrowMask: expand 6, tapered_corners false']);
      const tapered = await readGraph(masked({ x: grow('f', 600, true), f: file }), {
        latent_image: ['l', 0],
      });
      expect(tapered.settings).toEqual({ ...GREY, mask: { fill: 'ORIGINAL' } });
      expect(tapered.leftOut).toEqual([lost, 'GrowMask, expand: 600', 'GrowMask: tapered_corners']);
      const feathered = { class_type: 'FeatherMask', inputs: { mask: ['f', 0], left: 3 } };
      const other = await readGraph(masked({ x: feathered, f: file }), { latent_image: ['l', 0] });
      expect(other.leftOut).toEqual([lost, 'mask: node FeatherMask: left 3']);
    });

    it('takes a blank start and differential diffusion, without a strength in full', async () => {
      const blank = {
        class_type: 'VAEEncodeForInpaint',
        inputs: { pixels: ['k', 0], vae: ['m', 2], mask: ['x', 0], grow_mask_by: 6 },
      };
      const soft = { class_type: 'DifferentialDiffusion', inputs: { model: ['m', 0] } };
      const { settings, leftOut } = await readGraph(masked({ v: blank, z: soft }), {
        latent_image: ['v', 0],
        model: ['z', 0],
      });
      expect(settings).toEqual({ ...GREY, mask: { differential: 1, fill: 'BLANK' } });
      expect(leftOut).toContain('mask, grow_mask_by: 6');
    });
  });

  it('restores controls in the order in which they are applied, with what made their pictures', async () => {
    const apply = (name: string, from: string, image: string) => ({
      class_type: 'ControlNetApplyAdvanced',
      inputs: {
        ...{ positive: [from, 0], negative: [from === 'p' ? 'n' : from, 1], control_net: [name, 0] },
        ...{ image: [image, 0], strength: 0.8, start_percent: 0, end_percent: 0.5 },
      },
    });
    const loader = (name: string) => ({
      class_type: 'ControlNetLoader',
      inputs: { control_net_name: `${name}.safetensors` },
    });
    const nodes = {
      ...{ c1: apply('l1', 'p', 'canny'), c2: apply('l2', 'c1', 'pose') },
      ...{ l1: loader('sub/one'), l2: loader('two') },
      canny: {
        class_type: 'Canny',
        inputs: { image: ['pic', 0], low_threshold: 0.4, high_threshold: 0.8 },
      },
      pose: { class_type: 'DWPreprocessor', inputs: { image: ['pic', 0], detect_hand: 'enable' } },
      pic: { class_type: 'LoadImage', inputs: { image: 'a.png' } },
    };
    const { settings, leftOut } = await readGraph(nodes, { positive: ['c2', 0], negative: ['c2', 1] });
    const use = { strength: 0.8, start: 0, end: 0.5 };
    expect(settings).toEqual({
      ...GRAPH,
      controls: [
        { ...use, model: 'one', preprocessor: 'CANNY', cannyLow: 102, cannyHigh: 204 },
        { ...use, model: 'two', preprocessor: 'NONE' },
      ],
    });
    expect(leftOut).toEqual([
      'node ControlNetApplyAdvanced: the picture of one',
      'node ControlNetApplyAdvanced: the picture of two',
      'control two: its picture is made by node DWPreprocessor: detect_hand enable',
    ]);
  });

  it('follows values through nodes that hold only one, and no others', async () => {
    const nodes = {
      v: { class_type: 'PrimitiveInt', inputs: { value: 33 } },
      w: { class_type: 'SomeMath', inputs: { a: 1, b: 2 } },
      x: { class_type: 'StringConstantMultiline', inputs: { string: 'long words' } },
      p: { class_type: 'CLIPTextEncode', inputs: { text: ['x', 0], clip: ['m', 1] } },
    };
    const { settings, leftOut } = await readGraph(nodes, {
      steps: ['v', 0],
      seed: ['w', 0],
      cfg: ['gone', 0],
    });
    expect(settings).toEqual({ ...without('seed', 'cfg'), steps: 33, prompt: 'long words' });
    expect([...leftOut].sort()).toEqual(['cfg: node that is missing', 'seed: node SomeMath']);
  });

  it('reads a picture that was made from another', async () => {
    const encode = { class_type: 'VAEEncode', inputs: { pixels: ['i', 0], vae: ['m', 2] } };
    const nodes = { i: { class_type: 'LoadImage', inputs: { image: 'a.png' } }, e: encode };
    const { settings, leftOut } = await readGraph(nodes, { denoise: 0.6 });
    expect(settings).toEqual({ ...without('width', 'height'), denoiseStrength: 0.6 });
    expect(leftOut).toEqual(['size: that of the source image']);
  });

  it('says of a partial denoise of an empty latent that it is left out', async () => {
    const { settings, leftOut } = await readGraph({}, { denoise: 0.6 });
    expect([settings, leftOut]).toEqual([GRAPH, ['denoise of an empty latent: 0.6']]);
  });

  it('reads loaders that show a picture beside each file, and stacks of LoRAs', async () => {
    const file = (content: string) => ({ content, image: null, title: content });
    const nodes = {
      m: { class_type: 'CheckpointLoader|pysssss', inputs: { ckpt_name: file('x/base.safetensors') } },
      l: {
        class_type: 'LoraLoader|pysssss',
        inputs: {
          lora_name: file('y\\a.safetensors'),
          strength_model: 1,
          strength_clip: 0.5,
          model: ['k', 0],
        },
      },
      k: {
        class_type: 'Lora Loader Stack (rgthree)',
        inputs: {
          ...{ lora_01: 'b.safetensors', strength_01: 0.7, lora_02: 'None', strength_02: 1 },
          ...{ lora_03: 'c.safetensors', strength_03: -1, lora_04: 'None', strength_04: 1, model: ['m', 0] },
        },
      },
    };
    const { settings, leftOut } = await readGraph(nodes, { model: ['l', 0] });
    expect(leftOut).toEqual([]);
    expect(settings).toEqual({
      ...GRAPH,
      loras: [
        { name: 'b', strength: 0.7 },
        { name: 'c', strength: -1 },
        { name: 'a', strength: 1, strengthClip: 0.5 },
      ],
    });
  });

  it('leaves LoRAs out as a whole where a node adds some that it does not know', async () => {
    const nodes = {
      l: {
        class_type: 'LoraLoader',
        inputs: { lora_name: 'a.pt', strength_model: 1, strength_clip: 1, model: ['k', 0] },
      },
      k: { class_type: 'Lora Stacker', inputs: { model: ['m', 0], lora_1: 'b' } },
    };
    const { settings, leftOut } = await readGraph(nodes, { model: ['l', 0] });
    expect([settings, leftOut]).toEqual([GRAPH, ['node Lora Stacker: lora_1 b']]);
  });

  it.each([
    ['KarrasScheduler', { steps: 9, sigma_max: 14.614642, sigma_min: 0.0291675, rho: 7 }, 'karras'],
    ['KarrasScheduler', { steps: 9, sigma_max: 10, sigma_min: 0.0291675, rho: 7 }, undefined],
    ['BetaSamplingScheduler', { steps: 9, alpha: 0.6, beta: 0.6 }, 'beta'],
    ['AlignYourStepsScheduler', { steps: 9, model_type: 'SD1', denoise: 1 }, undefined],
  ])('reads the steps of a %s with %j', async (type, inputs, scheduler) => {
    const parts = {
      r: { class_type: 'RandomNoise', inputs: { noise_seed: 5 } },
      g: {
        class_type: 'CFGGuider',
        inputs: { cfg: 7, model: ['m', 0], positive: ['p', 0], negative: ['n', 0] },
      },
      k: { class_type: 'KSamplerSelect', inputs: { sampler_name: 'euler' } },
      y: { class_type: type, inputs },
      s: {
        class_type: 'SamplerCustomAdvanced',
        inputs: {
          noise: ['r', 0],
          guider: ['g', 0],
          sampler: ['k', 0],
          sigmas: ['y', 0],
          latent_image: ['e', 0],
        },
      },
    };
    expect((await readGraph(parts)).settings).toEqual({
      ...without('scheduler'),
      steps: 9,
      ...(scheduler && { scheduler }),
    });
  });

  it('is what ran, and a text beside it fills in the rest', async () => {
    const parameters = `words\nNegative prompt: b\nSteps: 99, Sampler: LMS, CFG scale: 1, Seed: 1, Size: 64x64, Model hash: 879db523c3, Clip skip: 2`;
    const unknown = { class_type: 'CLIPTextEncode', inputs: { text: ['w', 0], clip: ['m', 1] } };
    const wild = { class_type: 'Wildcards', inputs: { text: '__a__' } };
    const { settings } = await read({ prompt: graph({ p: unknown, w: wild }), parameters });
    expect(settings).toEqual({ ...GRAPH, prompt: 'words', modelHash: '879db523c3', clipSkip: 2 });
  });
});
