import { describe, expect, it } from 'vitest';
import { LINE, PLAIN, read } from './texts.ts';

const readText = (parameters: string) => read({ parameters });

describe("A1111's text", () => {
  it.each([
    ['CPU', 'CPU'],
    ['GPU', 'GPU'],
    ['NV', 'GPU'],
    ['cuda', undefined], // stable-diffusion.cpp, which draws other noise on the way
    ['std_default', undefined],
  ])('says whose random numbers were taken: RNG: %s', async (name, noiseDevice) => {
    const { settings, leftOut } = await readText(`${LINE}, RNG: ${name}`);
    expect(settings.noiseDevice).toBe(noiseDevice);
    expect(leftOut.includes(`RNG: ${name}`)).toBe(noiseDevice === undefined);
  });

  it.each([
    ['TAESD', 'TAESD'],
    ['Full', 'VAE'],
    ['Approx NN', undefined],
  ])('says what made the picture of its latent: VAE Decoder: %s', async (name, decoder) => {
    const { settings, leftOut } = await readText(`${LINE}, VAE Decoder: ${name}`);
    expect(settings.decoder).toBe(decoder);
    expect(leftOut.includes(`VAE Decoder: ${name}`)).toBe(decoder === undefined);
  });

  it.each([
    ['Mask blur: 7', { blur: 7 }, []],
    ['Mask blur: 7, Masked content: original', { blur: 7, fill: 'ORIGINAL' }, []],
    ['Mask mode: Inpaint not masked, Mask blur: 4', { blur: 4, invert: true }, []],
    ['Inpaint area: Only masked, Masked area padding: 64', { area: 'MASKED', padding: 64 }, []],
    ['Mask blur: 0, Inpaint area: Whole picture', { blur: 0, area: 'WHOLE' }, []],
    // A1111's fills are others than the grey that is blank here.
    ['Masked content: latent nothing', undefined, ['Masked content: latent nothing']],
    ['Mask blur: 65', undefined, ['Mask blur: 65']],
    ['Mask grow: 3', undefined, ['Mask grow: 3']], // no word of A1111
  ])('says how a mask was used, and that its picture is not there: %s', async (stated, mask, lost) => {
    const { settings, leftOut } = await readText(`${LINE}, ${stated}`);
    expect(settings.mask).toEqual(mask);
    expect(leftOut).toEqual(expect.arrayContaining(lost));
    const isSaid = leftOut.some((line) => line.startsWith('mask: its picture is not in the file ('));
    expect(isSaid).toBe(!stated.startsWith('Mask grow'));
  });

  it('without RNG does not say it', async () => {
    expect((await readText(LINE)).settings).not.toHaveProperty('noiseDevice');
  });

  it.each([
    ['DPM++ 2M Karras', 'dpmpp_2m', 'karras'],
    ['DPM++ 2M SDE Exponential', 'dpmpp_2m_sde', 'exponential'],
    ['DPM++ 2M SDE Heun Karras', 'dpmpp_2m_sde_heun', 'karras'],
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
    ['Align Your Steps', 'align_your_steps'],
    ['KL Optimal', 'kl_optimal'],
    ['Align Your Steps GITS', undefined],
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
    expect(leftOut).toContain('Denoising strength (Hires, second pass): 0.4');
  });

  it.each(['constructor', 'toString', 'valueOf', '__proto__', 'hasOwnProperty'])(
    'may hold a key that every object has: %s',
    async (key) => {
      const { settings, leftOut } = await readText(`${LINE}, ${key}: 5`);
      expect([settings.steps, leftOut.includes(`${key}: 5`)]).toEqual([20, true]);
    },
  );

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
