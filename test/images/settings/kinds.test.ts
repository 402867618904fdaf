import { deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeRgba } from '../../../src/images/rgba.ts';
import { withPngText } from '../../../src/images/png-text.ts';
import { readSettings } from '../../../src/images/settings/read-settings.ts';

const blank = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#789' } })
  .png()
  .toBuffer();

/** What is read from a PNG with these texts. */
const read = (texts: Readonly<Record<string, string>>) => readSettings(withPngText(blank, texts), decodeRgba);
const readText = (parameters: string) => read({ parameters });

const LINE = 'Steps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 1, Size: 512x768';
const PLAIN = {
  prompt: 'a',
  negativePrompt: '',
  steps: 20,
  cfg: 7,
  seed: '1',
  width: 512,
  height: 768,
  samplerName: 'euler_ancestral',
  scheduler: 'normal',
};

describe("A1111's text", () => {
  it.each([
    ['DPM++ 2M Karras', 'dpmpp_2m', 'karras'],
    ['DPM++ 2M SDE Exponential', 'dpmpp_2m_sde', 'exponential'],
    ['DPM++ 2M SDE Heun Karras', undefined, 'karras'],
    ['DPM2 a Karras', 'dpm_2_ancestral', 'karras'],
    ['LMS Karras', 'lms', 'karras'],
    ['DPM adaptive', 'dpm_adaptive', 'normal'],
    ['PLMS', undefined, undefined],
    ['DDIM', 'ddim', undefined],
  ])('before 1.9 names the schedule behind the sampler: %s', async (name, samplerName, scheduler) => {
    const text = `a\nSteps: 20, Sampler: ${name}, CFG scale: 7, Seed: 1, Size: 512x768, Version: v1.6.0`;
    const { settings } = await readText(text);
    expect([settings.samplerName, settings.scheduler]).toEqual([samplerName, scheduler]);
  });

  it.each([
    ['Heun', 'heun', 'normal'],
    ['DPM++ 3M SDE', 'dpmpp_3m_sde', 'exponential'],
    ['DPM++ SDE', 'dpmpp_sde', 'karras'],
    ['DPM2', 'dpm_2', 'karras'],
    ['DDIM', 'ddim', 'ddim_uniform'],
    ['DDIM CFG++', undefined, undefined],
    ['IPNDM', 'ipndm', 'normal'],
  ])('knows what Automatic means for %s', async (name, samplerName, scheduler) => {
    const { settings } = await readText(LINE.replace('Euler a', name));
    expect([settings.samplerName, settings.scheduler]).toEqual([samplerName, scheduler]);
  });

  it.each([
    ['Uniform', 'normal'],
    ['Polyexponential', 'exponential'],
    ['SGM Uniform', 'sgm_uniform'],
    ['Align Your Steps', undefined],
    ['Turbo', undefined],
    ['Beta, Beta schedule alpha: 0.6, Beta schedule beta: 0.6', 'beta'],
    ['Beta, Beta schedule alpha: 0.4, Beta schedule beta: 0.6', undefined],
    ['Karras, Schedule rho: 7', 'karras'],
    ['Karras, Schedule rho: 5', undefined],
    ['Karras, Schedule max sigma: 10', undefined],
  ])('takes schedule %s only as it is known here', async (type, scheduler) => {
    const { settings, leftOut } = await readText(LINE.replace('Automatic', type));
    expect(settings.scheduler).toBe(scheduler);
    expect(leftOut.length === 0).toBe(scheduler !== undefined);
  });

  it.each(['bh1', 'bh2', 'vary_coeff'])('tells the variants of UniPC apart: %s', async (variant) => {
    const { settings } = await readText(`${LINE.replace('Euler a', 'UniPC')}, UniPC variant: ${variant}`);
    expect(settings.samplerName).toBe({ bh1: 'uni_pc', bh2: 'uni_pc_bh2' }[variant]);
  });

  it.each([
    'Hires upscale: 2',
    'Hires resize: 1024x1536',
    'Hires CFG Scale: 3',
    'Hires sampler: Euler',
    'First pass size: 0x0',
  ])('gives the denoising strength beside "%s" to the second pass', async (key) => {
    const { settings, leftOut } = await readText(`a\n${LINE}, Denoising strength: 0.4, ${key}`);
    expect(settings).toEqual(PLAIN);
    expect(leftOut).toContain('Denoising strength (second pass): 0.4');
  });

  it('takes a key only as a whole', async () => {
    const others =
      'ADetailer denoising strength: 0.4, Image CFG scale: 1.5, Variation seed: 9, Seed resize from: 8x8, Mimic CFG scale: 3, Init image size: 8x8';
    const { settings, leftOut } = await readText(`a\n${others}, ${LINE}`);
    expect(settings).toEqual(PLAIN);
    expect(leftOut).toHaveLength(6);
  });

  it('reads values that are JSON, within the grammar and against it', async () => {
    const hashes =
      'Hashes: {"model": "0f", "Seed: 4, lora:x": "1"}, Civitai resources: [{"a": "Steps: 3, b"}]';
    const quoted = 'Model: "a, \\"b\\": c", VAE: "x\\nSteps: 5", Template: "broken';
    const { settings } = await readText(`a\n${hashes}, ${LINE}, ${quoted}`);
    expect(settings).toEqual({ ...PLAIN, model: 'a, "b": c', scheduler: 'normal' });
  });

  it.each([
    ['a\r\nb\r\nNegative prompt: c\r\n d\r\n', 'a\nb', 'c\n d'],
    ['a\nNegative prompt: \n', 'a', ''],
    ['Negative prompt: c\n', '', 'c'],
    ['', '', ''],
    ['sky: blue, sea: green, sand: gold\n', 'sky: blue, sea: green, sand: gold', ''],
  ])('splits %j', async (text, prompt, negativePrompt) => {
    expect((await readText(text + LINE)).settings).toEqual({ ...PLAIN, prompt, negativePrompt });
  });

  it('takes no prompt for settings, however many colons it has', async () => {
    const { settings } = await readText('Model: none, Seed: of doubt, Steps: worn, Size: big');
    expect(settings).toEqual({ prompt: 'Model: none, Seed: of doubt, Steps: worn, Size: big' });
  });

  it.each([
    ['<lora:knit:0.8>', { name: 'knit', strength: 0.8 }],
    ['<lora:knit>', { name: 'knit', strength: 1 }],
    ['<lora:knit:0.5:0.9>', { name: 'knit', strength: 0.9, strengthClip: 0.5 }],
    ['<lora:knit:te=0.5:unet=0.9>', { name: 'knit', strength: 0.9, strengthClip: 0.5 }],
    ['<lyco:styles/knit.v2:-1>', { name: 'knit.v2', strength: -1 }],
  ])('takes %s out of the prompt', async (tag, lora) => {
    const { settings } = await readText(`a ${tag}, b\n${LINE}`);
    expect([settings.prompt, settings.loras]).toEqual(['a, b', [lora]]);
  });

  it.each([
    ['Seed: 18446744073709551615', { seed: '18446744073709551615' }],
    ['Seed: 18446744073709551616', { seed: undefined }],
    ['Seed: -1', { seed: undefined }],
    ['Steps: 151', { steps: undefined }],
    ['Steps: 2.5', { steps: undefined }],
    ['CFG scale: 0', { cfg: 0 }],
    ['CFG scale: 1e2', { cfg: 100 }],
    ['CFG scale: Infinity', { cfg: undefined }],
    ['Size: 512x0', { width: undefined, height: undefined }],
    ['Size: 516x512', { width: undefined, height: undefined }],
    ['Denoising strength: 0', { denoiseStrength: 0 }],
    ['Denoising strength: 1.5', { denoiseStrength: undefined }],
    ['Clip skip: -1', { clipSkip: undefined }],
    ['Model hash: 879DB523C3', { modelHash: '879db523c3' }],
    ['Model hash: ', { modelHash: undefined }],
    ['Model hash: blake3:0011', { modelHash: undefined }],
    ['Model: SDXL\\base.v1.0.safetensors', { model: 'base.v1.0' }],
    ['Model: urn:air:sdxl:checkpoint:civitai:1@2', { model: undefined }],
  ])('checks %s', async (field, expected) => {
    const key = field.slice(0, field.indexOf(':'));
    const line = [...LINE.split(', ').filter((other) => !other.startsWith(`${key}:`)), field].join(', ');
    const { settings } = await readText(`a\n${line}`);
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, settings[name as 'seed']]))).toEqual(
      expected,
    );
  });

  it("prefers what was typed to what Fooocus' styles made of it", async () => {
    const line =
      'Steps: 30, Sampler: DPM++ 2M SDE Karras, Seed: 1, Size: 1152x896, CFG scale: 4, Sharpness: 2, Model: jug, Scheduler: karras, ' +
      'Raw prompt: "an owl, moonlit", Raw negative prompt: blurry, Lora weights: "sdxl: offset: 0.1, b: 1", User: someone, Version: Fooocus v2.5.5';
    const { tool, settings, leftOut } = await readText(
      `cinematic an owl, sharp\nNegative prompt: anime, blurry\n${line}`,
    );
    expect(tool).toBe('Fooocus');
    expect(settings).toMatchObject({
      prompt: 'an owl, moonlit',
      negativePrompt: 'blurry',
      samplerName: 'dpmpp_2m_sde',
      scheduler: 'karras',
      loras: [
        { name: 'sdxl: offset', strength: 0.1 },
        { name: 'b', strength: 1 },
      ],
    });
    expect(leftOut).toEqual(['Prompt with what styles added: cinematic an owl, sharp', 'Sharpness: 2']);
  });
});

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

  it('follows a conditioning by the output that is linked', async () => {
    const control = {
      class_type: 'ControlNetApplyAdvanced',
      inputs: { positive: ['p', 0], negative: ['n', 0], strength: 0.8 },
    };
    const { settings, leftOut } = await readGraph({ c: control }, { positive: ['c', 0], negative: ['c', 1] });
    expect([settings, leftOut]).toEqual([GRAPH, ['node ControlNetApplyAdvanced: strength 0.8']]);
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

const ascii = (text: string) => Buffer.from(text, 'latin1');

/** A JPEG whose EXIF has one UserComment. */
function jpegWith(comment: Buffer, isLittle: boolean, header = 'Exif\0\0'): Promise<Buffer> {
  const tiff = Buffer.alloc(44);
  const [u16, u32] = isLittle
    ? [tiff.writeUInt16LE.bind(tiff), tiff.writeUInt32LE.bind(tiff)]
    : [tiff.writeUInt16BE.bind(tiff), tiff.writeUInt32BE.bind(tiff)];
  tiff.write(isLittle ? 'II' : 'MM', 'latin1');
  u16(42, 2);
  u32(8, 4);
  [1, 0x8769, 4].forEach((value, i) => u16(value, 8 + 2 * i));
  u32(1, 14);
  u32(26, 18);
  [1, 0x9286, 7].forEach((value, i) => u16(value, 26 + 2 * i));
  u32(comment.length, 32);
  u32(44, 36);
  return jpegSegment(0xe1, Buffer.concat([ascii(header), tiff, comment]));
}

async function jpegSegment(marker: number, data: Buffer): Promise<Buffer> {
  const jpeg = await sharp(blank).jpeg().toBuffer();
  const head = Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255]);
  return Buffer.concat([jpeg.subarray(0, 2), head, data, jpeg.subarray(2)]);
}

const utf16 = (text: string, isLittle: boolean) => {
  const bytes = Buffer.from(text, 'utf16le');
  return isLittle ? bytes : bytes.swap16();
};

describe('containers', () => {
  const text = `猫 «a»\n${LINE}`;
  const expected = { ...PLAIN, prompt: '猫 «a»' };

  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])(
    'tells the order of UTF-16 from the text (TIFF little %j, text little %j)',
    async (tiffLittle, textLittle) => {
      const comment = Buffer.concat([ascii('UNICODE\0'), utf16(text, textLittle)]);
      expect((await readSettings(await jpegWith(comment, tiffLittle), decodeRgba)).settings).toEqual(
        expected,
      );
    },
  );

  it.each([
    ['eight NULs and UTF-8', Buffer.concat([Buffer.alloc(8), Buffer.from(text)])],
    ['ASCII and UTF-8', Buffer.concat([ascii('ASCII\0\0\0'), Buffer.from(`${text}\0`)])],
    ['UNICODE and yet UTF-8', Buffer.concat([ascii('UNICODE\0'), Buffer.from(text)])],
    ['no code', Buffer.from(text)],
  ])('reads a UserComment with %s', async (_name, comment) => {
    expect((await readSettings(await jpegWith(comment, true), decodeRgba)).settings).toEqual(expected);
  });

  it('reads compressed text, and says of a bomb that it is too long', async () => {
    const zText = (data: Buffer) => chunk('zTXt', Buffer.concat([ascii('parameters\0\0'), data]));
    const fine = await readSettings(withChunk(zText(deflateSync(Buffer.from(text)))), decodeRgba);
    expect(fine.settings).toEqual(expected);
    const bomb = await readSettings(withChunk(zText(deflateSync(Buffer.alloc(2 ** 25)))), decodeRgba);
    expect([bomb.settings, bomb.leftOut]).toEqual([
      {},
      ['parameters: compressed and too long'],
    ]);
  });

  it("reads stable-diffusion.cpp's text in a JPEG comment and in a WebP's XMP", async () => {
    const comment = await jpegSegment(0xfe, Buffer.from(`parameters\0${text}\0`));
    expect((await readSettings(comment, decodeRgba)).settings).toEqual(expected);
    const escaped = text.replaceAll('\n', '&#10;');
    const xmp = `<x:xmpmeta><rdf:RDF><rdf:Description sdcpp:parameters="${escaped}"/></rdf:RDF></x:xmpmeta>`;
    const webp = await sharp(blank).withXmp(xmp).webp().toBuffer();
    expect((await readSettings(webp, decodeRgba)).settings).toEqual(expected);
  });

  it.each([
    ['stealth_rgbcomp', 3, [0, 1, 2]],
    ['stealth_rgbinfo', 3, [0, 1, 2]],
    ['stealth_pngcomp', 4, [3]],
    ['stealth_pnginfo', 4, [3]],
  ] as const)('reads the lowest bits of pixels: %s', async (magic, channels, used) => {
    const raw = Buffer.from(text);
    const payload = magic.endsWith('comp') ? gzipSync(raw) : raw;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(payload.length * 8);
    const bits = [...Buffer.concat([ascii(magic), length, payload])].flatMap((byte) =>
      Array.from({ length: 8 }, (_, i) => (byte >> (7 - i)) & 1),
    );
    const [width, height] = [64, 48];
    const data = Buffer.alloc(width * height * channels, 254);
    bits.forEach((bit, i) => {
      const pixel = Math.floor(i / used.length);
      data[
        (Math.floor(pixel % height) * width + Math.floor(pixel / height)) * channels + used[i % used.length]!
      ]! |= bit;
    });
    const png = await sharp(data, { raw: { width, height, channels } }).png().toBuffer();
    expect((await readSettings(png, decodeRgba)).settings).toEqual(expected);
  });

  it('refuses what is no picture', async () => {
    await expect(readSettings(ascii('not a picture'), decodeRgba)).rejects.toMatchObject({
      code: 'IMAGE_INVALID',
    });
  });
});

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, ascii(type), data, Buffer.alloc(4)]);
}

const withChunk = (bytes: Buffer): Buffer =>
  Buffer.concat([blank.subarray(0, 33), bytes, blank.subarray(33)]);

describe('other programs', () => {
  it.each([
    [
      'SwarmUI in its first form',
      {
        parameters: JSON.stringify({
          sui_image_params: {
            ...{
              prompt: 'a',
              negativeprompt: '',
              model: 'm',
              seed: '7',
              steps: '20',
              cfgscale: '7',
              width: 512,
              height: 512,
            },
            ...{
              comfyuisampler: 'euler',
              comfyuischeduler: 'karras',
              initimagecreativity: 0.6,
              loras: 'x,y',
              loraweights: '1,0.5',
            },
          },
        }),
      },
      {
        denoiseStrength: 0.6,
        samplerName: 'euler',
        scheduler: 'karras',
        seed: '7',
        loras: [
          { name: 'x', strength: 1 },
          { name: 'y', strength: 0.5 },
        ],
      },
    ],
    [
      'NovelAI, with the prompt in the description only',
      {
        Software: 'NovelAI',
        Description: 'a {b}',
        Comment:
          '{"steps": 28, "sampler": "k_dpmpp_2m", "seed": 3, "strength": 0.7, "scale": 11.0, "uc": "c"}',
      },
      { prompt: 'a {b}', negativePrompt: 'c', samplerName: 'dpmpp_2m', steps: 28, cfg: 11, seed: '3' },
    ],
    [
      'NovelAI from another picture',
      {
        Software: 'NovelAI',
        Comment:
          '{"v4_prompt": {"caption": {"base_caption": "a", "char_captions": [{}]}}, "steps": 28, "seed": 3, "strength": 0.7, "request_type": "Img2ImgRequest", "sampler": "ddim_v3"}',
      },
      { prompt: 'a', steps: 28, seed: '3', denoiseStrength: 0.7 },
    ],
    [
      'InvokeAI from another picture',
      {
        invokeai_metadata:
          '{"generation_mode": "img2img", "positive_prompt": "a", "seed": 3, "strength": 0.4, "scheduler": "euler_a", "clip_skip": 1, "model": "m"}',
      },
      {
        prompt: 'a',
        seed: '3',
        denoiseStrength: 0.4,
        samplerName: 'euler_ancestral',
        clipSkip: 2,
        model: 'm',
      },
    ],
    [
      'Easy Diffusion with its names for people',
      {
        Prompt: 'a',
        'Negative Prompt': 'None',
        Sampler: 'dpm2_a',
        Seed: '4',
        Steps: '25',
        'LoRA model': 'x',
        'LoRA Strength': '0.5',
        'Clip Skip': 'False',
      },
      {
        prompt: 'a',
        samplerName: 'dpm_2_ancestral',
        seed: '4',
        steps: 25,
        loras: [{ name: 'x', strength: 0.5 }],
      },
    ],
    [
      'JSON with a model of its own',
      {
        parameters:
          '{"prompt": "a", "num_inference_steps": 28, "seed": 12345678901234567890, "guidance_scale": 7.0, "sampler": "Euler a", "Model": {"Model": "x", "Model hash": "e3c47aedb0"}}',
      },
      {
        prompt: 'a',
        steps: 28,
        cfg: 7,
        seed: '12345678901234567890',
        samplerName: 'euler_ancestral',
        model: 'x',
        modelHash: 'e3c47aedb0',
      },
    ],
    [
      'Dream from another picture',
      { Dream: '"a \\"b\\" [c]" -s 25 -S 43 -W576 -H512 -C7.5 -A k_euler_a -f 0.6 -G 0.8' },
      {
        ...{ prompt: 'a "b"', negativePrompt: 'c', steps: 25, seed: '43', width: 576, height: 512, cfg: 7.5 },
        ...{ samplerName: 'euler_ancestral', denoiseStrength: 0.6 },
      },
    ],
  ])('%s', async (_name, texts, expected) => {
    expect((await read(texts)).settings).toMatchObject(expected);
    expect(Object.keys((await read(texts)).settings).sort()).toEqual(
      expect.arrayContaining(Object.keys(expected).sort()),
    );
  });

  it('never shows who made a picture', async () => {
    const { leftOut } = await read({ Description: 'a --v 6 Job ID: 1', Author: 'someone' });
    expect(leftOut).toEqual(['--v 6']);
  });

  it('says of JSON that breaks off that it is damaged', async () => {
    expect(await read({ prompt: graph().slice(0, 200) })).toEqual({
      tool: null,
      settings: {},
      leftOut: ['prompt: damaged JSON'],
    });
  });
});
