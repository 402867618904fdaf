import { describe, expect, it } from 'vitest';
import { expectedSize, sourceStyle } from '../../web/src/jobs/job-size.ts';
import { mergeJobs } from '../../web/src/jobs/merge-jobs.ts';
import { chosenModel } from '../../web/src/panel/choose-model.ts';
import { mentionAt, suggestionsFor, withEmbedding } from '../../web/src/panel/embedding-words.ts';
import { fineText } from '../../web/src/panel/folded-fields.ts';
import { extendIn } from '../../web/src/panel/request-parts.ts';
import { requestOf } from '../../web/src/panel/request.ts';
import { changesBy, lostIn, statedFields, type Here, type Stated } from '../../web/src/panel/restorable.ts';
import { cutTo, sizeOf } from '../../web/src/panel/size.ts';
import { sentenceFor } from '../../web/src/panel/strength-words.ts';
import { newControl } from '../../web/src/state/chosen.ts';
import { readForm, type Form } from '../../web/src/state/form.ts';
import type { Model } from '../../web/src/state/resources.ts';
import { en } from '../../web/src/texts/en.ts';
import { job } from './jobs.ts';

const model = (differs: Partial<Model> = {}): Model => ({
  name: 'starter',
  file: 'starter.safetensors',
  family: 'SD15',
  installed: true,
  missingFiles: [],
  problem: null,
  licence: null,
  sizeBytes: 1000,
  loaded: false,
  thumbnail: null,
  recommended: { width: 512, height: 512, steps: 20, cfg: 6, samplerName: 'euler', scheduler: 'normal' },
  ...differs,
});

describe('the size that a form asks for', () => {
  const form = { shape: 'source', width: 700, height: 300 } as const;

  it('follows the proportions of the source with the pixels that suit the model', () => {
    expect(sizeOf(form, model(), { width: 4000, height: 3000 })).toEqual({ width: 592, height: 440 });
    expect(sizeOf(form, model(), { width: 256, height: 256 })).toEqual({ width: 512, height: 512 });
  });

  it('is square where there is no source to follow', () => {
    expect(sizeOf(form, model(), null)).toEqual({ width: 512, height: 512 });
  });

  it('is a multiple of 16 for FLUX and never leaves the bounds', () => {
    const other = { ...form, shape: 'other' } as const;
    expect(sizeOf(other, model({ family: 'FLUX' }), null)).toEqual({ width: 704, height: 304 });
    expect(sizeOf({ ...other, width: 9, height: 9000 }, model(), null)).toEqual({ width: 64, height: 2048 });
    expect(sizeOf(form, model(), { width: 10_000, height: 10 })).toEqual({ width: 2048, height: 64 });
  });

  it('tells what is cut off a source, and nothing where it is used whole', () => {
    expect(cutTo({ width: 400, height: 300 }, { width: 512, height: 512 })).toEqual({
      width: 300,
      height: 300,
    });
    expect(cutTo({ width: 4000, height: 3000 }, { width: 592, height: 440 })).toBeNull();
  });
});

describe('the first model', () => {
  const starter = model();
  const real = model({ name: 'dreamshaper_8' });
  const loaded = model({ name: 'sd_xl_base_1_0', loaded: true });
  const missing = model({ name: 'flux1_schnell', installed: false });

  it('is the one last used, else one in memory, else a real one, else the bundled one', () => {
    expect(chosenModel('dreamshaper_8', [starter, real, loaded])?.name).toBe('dreamshaper_8');
    expect(chosenModel(null, [starter, real, loaded])?.name).toBe('sd_xl_base_1_0');
    expect(chosenModel(null, [missing, starter, real])?.name).toBe('dreamshaper_8');
    expect(chosenModel('flux1_schnell', [missing, starter])?.name).toBe('starter');
    expect(chosenModel(null, [missing])).toBeUndefined();
    const refiner = model({ name: 'sd_xl_base_1_0', family: 'SDXL_REFINER' });
    expect(chosenModel(null, [refiner, starter])?.name).toBe('starter'); // it only goes on with pictures
  });
});

describe('the sentence under the slider', () => {
  it.each([
    [0, 0],
    [0.01, 1],
    [0.25, 1],
    [0.26, 2],
    [0.45, 2],
    [0.65, 3],
    [0.75, 4],
    [0.85, 4],
    [0.99, 5],
    [1, 6],
  ])('for %s is number %i', (strength, sentence) => {
    expect(sentenceFor(strength)).toBe(sentence);
  });
});

describe('restoring the settings of a picture', () => {
  const present = { prompt: 'now', strength: 0.5, model: null, seed: null, steps: null } as Form;
  const stated = {
    prompt: 'then',
    seed: '5',
    model: 'other',
    installedModel: null,
    loras: [{ name: 'detail', strength: 0.8 }],
  };

  const here: Here = {
    loras: ['detail'],
    controlModels: ['canny'],
    vaes: ['mse'],
    upscalers: ['x4'],
    models: [{ name: 'sd_xl_refiner_1_0', file: 'sdxl/sd_xl_refiner_1.0.safetensors' }],
  };

  it('changes what the picture states and leaves the rest', () => {
    const fields = statedFields(stated);
    expect(fields).toEqual({ prompt: 'then', seed: '5' });
    expect(changesBy(fields, present)).toEqual([
      { field: 'prompt', from: 'now', to: 'then' },
      { field: 'seed', from: null, to: '5' },
    ]);
    expect(changesBy({ prompt: 'now' }, present)).toEqual([]);
  });

  it('brings back the LoRAs that are here, with their strength', () => {
    expect(statedFields(stated, here)).toMatchObject({ loras: [{ name: 'detail', strength: 0.8 }] });
    expect(lostIn(stated, (name) => `${name}: not here`, here)).toEqual(['other: not here']);
  });

  it('brings back controls, VAE and second pass where their files are here, and tells of them where not', () => {
    const parts = {
      ...({ promptStyle: 'A1111', emphasis: 'NO_NORM', clipSkip: 2, vae: 'mse' } as const),
      controls: [
        { model: 'canny', strength: 0.5, start: 0, end: 0.6, preprocessor: 'CANNY', cannyLow: 50 } as const,
      ],
      upscale: { by: 1.5, model: 'x4', method: 'bicubic', denoiseStrength: 0.4, steps: 8 },
    };
    const fields = statedFields(parts, here);
    expect(fields).toMatchObject({
      ...{ promptStyle: 'A1111', emphasis: 'NO_NORM', clipSkip: 2, vae: 'mse' },
      controls: [
        { model: 'canny', picture: null, strength: 0.5, end: 0.6, cannyLow: 50, cannyHigh: 200, blur: 9 },
      ],
      ...{
        upscaleBy: 1.5,
        upscaleModel: 'x4',
        upscaleMethod: 'bicubic',
        upscaleStrength: 0.4,
        upscaleSteps: 8,
      },
    });
    expect(changesBy(fields, present).map(({ field }) => field)).toContain('upscaleBy');
    expect(lostIn(parts, (name) => `${name}: not here`, here)).toEqual([]);
    const bare = statedFields(parts);
    for (const field of ['controls', 'vae', 'upscaleBy'] as const) expect(bare).not.toHaveProperty(field);
    expect(lostIn(parts, (name) => name)).toEqual(['ControlNet canny', 'VAE mse', 'Upscaler x4']);
  });

  it('brings back a variation, sides that join, a refiner and what a LoRA and a control are told besides', () => {
    const parts = {
      variation: { seed: '9', strength: 0.3 },
      tiling: 'HORIZONTAL' as const,
      decoder: 'TAESD' as const,
      refiner: { model: 'sd_xl_refiner_1.0', switchAt: 0.7 },
      loras: [
        { name: 'detail', strength: 0.8, strengthClip: 0.4 },
        { name: 'detail', strength: 0.5, strengthClip: 0.5 },
      ],
      controls: [
        { model: 'canny', mode: 'LINE', strength: 1, start: 0, end: 1, preprocessor: 'NONE' } as const,
        { model: 'canny', mode: 'OF_A_NEWER', strength: 1, start: 0, end: 1, preprocessor: 'NONE' } as const,
      ],
    };
    const fields = statedFields(parts, here);
    expect(fields).toMatchObject({
      ...{ variationSeed: '9', variationStrength: 0.3, tiling: 'HORIZONTAL', decoder: 'TAESD' },
      ...{ refiner: 'sd_xl_refiner_1_0', refinerSwitchAt: 0.7 },
      loras: [
        { name: 'detail', strength: 0.8, textStrength: 0.4 },
        { name: 'detail', strength: 0.5 },
      ],
    });
    expect(fields.loras![1]).not.toHaveProperty('textStrength');
    expect(fields.controls!.map(({ mode }) => mode)).toEqual(['LINE', undefined]);
    expect(changesBy(fields, present).map(({ field }) => field)).toEqual(
      expect.arrayContaining(['variationStrength', 'variationSeed', 'tiling', 'decoder', 'refiner']),
    );
    expect(lostIn(parts, (name) => name)).toContain('Refiner sd_xl_refiner_1.0');
    expect(statedFields(parts)).not.toHaveProperty('refiner');
    expect(readForm(fields)).toMatchObject(fields);
  });

  it('brings back how a mask was used as far as it is stated, and how the source was fitted', () => {
    const mask = { invert: false, grow: 2, blur: 0, fill: 'BLANK', area: 'MASKED', padding: 9 } as const;
    const fields = statedFields({ mask: { ...mask, differential: null }, resizeMode: 'FIT' });
    expect(fields).toEqual({
      ...{ maskGrow: 2, maskBlur: 0, maskFill: 'BLANK', maskArea: 'MASKED', maskPadding: 9 },
      resizeMode: 'FIT',
    });
    const changed = changesBy(fields, present).map(({ field }) => field);
    expect(changed).toEqual(['resizeMode', 'maskArea', 'maskFill', 'maskGrow', 'maskBlur', 'maskPadding']);
    expect(statedFields({ mask: { differential: 0.5 } })).toEqual({ maskDifferential: 0.5 });
  });

  it('has a place for all that a picture states', () => {
    const everything: Required<Stated> = {
      ...{
        tool: 'LatentQL',
        model: 'm',
        installedModel: 'm',
        prompt: 'p',
        negativePrompt: 'n',
        seed: '1',
        steps: 9,
        cfg: 3,
      },
      ...{ samplerName: 'heun', scheduler: 'karras', width: 64, height: 128, denoiseStrength: 0.5 },
      ...{ eta: 0.1, sNoise: 0.2, rescaleCfg: 0.3, cfgInterval: { start: 0.1, end: 0.9 }, flowShift: 2 },
      ...{ guidance: 4, noiseDevice: 'GPU', promptStyle: 'A1111', emphasis: 'NONE', clipSkip: 3 },
      ...{ vae: 'mse', decoder: 'TAESD', refiner: { model: 'sd_xl_refiner_1_0', switchAt: 0.6 } },
      ...{ variation: { seed: '8', strength: 0.4 }, tiling: 'BOTH', resizeMode: 'STRETCH', leftOut: [] },
      ...{
        loras: [{ name: 'detail', strength: 2 }],
        extend: { left: 8, top: 16, right: 24, bottom: 32, feather: 1 },
      },
      controls: [{ model: 'canny', strength: 0.5, start: 0, end: 0.6, preprocessor: 'CANNY' }],
      upscale: { by: 3, model: 'x4', method: 'bicubic', denoiseStrength: 0.1, steps: 5 },
      mask: { grow: 1, blur: 2, fill: 'BLANK', area: 'MASKED', padding: 3, differential: 0.7 },
      quality: 'FAST',
      deepCache: { interval: 2, depth: 4 },
      tokenMerging: 0.25,
    };
    // How the size is chosen, whether its sides are tied, and how many are made.
    const ofTheForm = ['isLocked', 'count'];
    const fields = Object.keys(readForm({})).filter((name) => !ofTheForm.includes(name));
    const restored = statedFields(everything, here);
    expect(Object.keys(restored).sort()).toEqual(fields.sort());
    const listed = changesBy(restored, readForm({})).map(({ field }) => field);
    expect([...listed, 'shape'].sort()).toEqual(fields);
    expect(readForm(restored)).toMatchObject(restored);
  });

  it('takes away what a picture of this server was made without, and leaves it with that of another program', () => {
    const form = { ...readForm({}), tiling: 'BOTH', quality: 'FAST', upscaleBy: 2, extendTop: 64 } as const;
    const set = { ...form, loras: [{ name: 'detail', strength: 1 }] };
    const fieldsOf = (tool: string) =>
      changesBy(statedFields({ tool, prompt: '' }, here), set).map(({ field, to }) => [field, to]);
    expect(fieldsOf('ComfyUI')).toEqual([]);
    expect(fieldsOf('LatentQL')).toEqual([
      ['loras', []],
      ['tiling', null],
      ['upscaleBy', null],
      ['extendTop', 0],
      ['quality', null],
    ]);
  });

  it('keeps a control of a form only if all of it still means something', () => {
    const control = newControl('canny_sd15');
    expect(control.preprocessor).toBe('CANNY');
    expect(readForm({ controls: [control] }).controls).toEqual([control]);
    expect(readForm({ controls: [{ ...control, preprocessor: 'DEPTH' }] }).controls).toEqual([]);
    expect(readForm({ controls: [{ ...control, picture: { id: 'x' } }] }).controls).toEqual([]);
  });

  it('lists what cannot come back', () => {
    const lost = lostIn({ ...stated, leftOut: ['Sampler: Restart'] }, (name) => `${name}: not here`);
    expect(lost).toEqual(['other: not here', 'LoRA detail: not here', 'Sampler: Restart']);
  });
});

describe('the request of a form', () => {
  const size = { width: 512, height: 512 };
  const form = (differs: Partial<Form> = {}): Form => ({ ...readForm(null), ...differs });

  it('holds nothing that few need unless it is set', () => {
    const request = requestOf(form(), model(), size);
    for (const name of ['controls', 'upscale', 'vae', 'promptStyle', 'emphasis', 'clipSkip', 'eta'])
      expect(request).not.toHaveProperty(name);
    expect(extendIn(form())).toBeUndefined();
  });

  it('sends of a control and a second pass what counts alone', () => {
    const canny = { ...newControl('canny'), picture: { id: 'U291cmNl', sha256: 'ab'.repeat(32) } };
    const request = requestOf(
      form({
        controls: [canny, newControl('depth')],
        ...{ upscaleBy: 2, upscaleSteps: 8, emphasis: 'NO_NORM', vae: 'mse', clipSkip: 2 },
      }),
      model(),
      size,
    );
    const shared = { strength: 1, start: 0, end: 1 };
    expect(request.controls).toEqual([
      {
        model: 'canny',
        imageId: 'U291cmNl',
        preprocessor: 'CANNY',
        ...shared,
        cannyLow: 100,
        cannyHigh: 200,
      },
      { model: 'depth', preprocessor: 'NONE', ...shared },
    ]);
    expect(request.upscale).toEqual({ by: 2, method: 'nearest_exact', denoiseStrength: 0.5, steps: 8 });
    expect(request).toMatchObject({ vae: 'mse', clipSkip: 2 });
    expect(request).not.toHaveProperty('emphasis'); // it means something to A1111's syntax alone
  });

  it('asks for a variation, a refiner and sides that join only where they are set and mean something', () => {
    const set = form({
      ...{ variationStrength: 0.3, variationSeed: '9', refiner: 'other', tiling: 'BOTH' },
      loras: [{ name: 'detail', strength: 0.8, textStrength: 0.4 }],
      controls: [{ ...newControl('union'), mode: 'DEPTH' }],
    });
    expect(requestOf(set, model(), size)).toMatchObject({
      variation: { seed: '9', strength: 0.3 },
      refiner: { model: 'other' },
      tiling: 'BOTH',
      loras: [{ name: 'detail', strength: 0.8, textStrength: 0.4 }],
      controls: [{ model: 'union', mode: 'DEPTH' }],
    });
    expect(requestOf(set, model({ family: 'FLUX' }), size)).not.toHaveProperty('tiling');
    for (const name of ['variation', 'refiner', 'tiling'])
      expect(requestOf(form(), model(), size)).not.toHaveProperty(name);
    const drawn = requestOf(form({ variationStrength: 0.3 }), model(), size);
    expect(drawn.variation).toEqual({ strength: 0.3 }); // the server draws its seed
  });

  it('names in the folded title what is sent, and nothing that the model does not know', () => {
    const set = form({
      ...{
        eta: 0.5,
        flowShift: 3,
        quality: 'FAST',
        noiseDevice: 'GPU',
        deepCacheDepth: 2,
        tokenMerging: 0.5,
      },
    });
    expect(fineText(set, 'SD15', en.fine)).toBe(
      'Eta 0.5, Token merging 0.5, Quality Fast, Noise source A1111 (GPU)',
    );
    expect(fineText(set, 'FLUX', en.fine)).toBe('Eta 0.5, Timestep shift 3, Noise source A1111 (GPU)');
    const { eta, flowShift, quality, deepCache, tokenMerging } = requestOf(set, model(), size);
    expect({ eta, flowShift, quality, deepCache, tokenMerging }).toEqual({
      ...{ eta: 0.5, flowShift: undefined, quality: 'FAST', deepCache: undefined, tokenMerging: 0.5 },
    });
    expect(requestOf(set, model({ family: 'FLUX' }), size)).toMatchObject({ flowShift: 3 });
    expect(requestOf(set, model({ family: 'FLUX' }), size)).not.toHaveProperty('quality');
  });

  it('extends by the sides that are given', () => {
    expect(extendIn(form({ extendLeft: 64 }))).toEqual({
      left: 64,
      top: 0,
      right: 0,
      bottom: 0,
      feather: 24,
    });
  });
});

describe('the frame of a picture', () => {
  const { input } = job();

  it('is there in its final size before the picture is', () => {
    expect(expectedSize(job())).toEqual({ width: 256, height: 256 });
    const extend = { left: 64, top: 0, right: 0, bottom: 32, feather: 24 };
    expect(expectedSize(job({ input: { ...input, extend } }))).toEqual({ width: 320, height: 288 });
    const upscale = {
      ...{ by: 2, width: 512, height: 512, model: null },
      method: 'bicubic',
      denoiseStrength: 0.5,
      steps: 8,
    };
    expect(expectedSize(job({ input: { ...input, upscale } }))).toEqual({ width: 512, height: 512 });
  });

  it('shows the source where it lies in what is painted around it', () => {
    const extend = { left: 256, top: 0, right: 0, bottom: 0, feather: 24 };
    expect(sourceStyle(job({ input: { ...input, extend } }))).toEqual({
      ...{ objectFit: 'cover', left: '50%', top: '0%', width: '50%', height: '100%' },
    });
    expect(sourceStyle(job())).toEqual({ objectFit: 'cover' });
  });
});

describe('an embedding in a prompt', () => {
  const embeddings = [
    { name: 'bad/easynegative', family: 'SD15', problem: null },
    { name: 'easy-hands', family: 'SD15', problem: null },
    { name: 'easyXL', family: 'SDXL', problem: null },
  ] as const;

  it('is looked for at the caret, after its prefix at once and as a plain word after two letters', () => {
    expect(mentionAt('a cat, embedding:', 17)).toEqual({ start: 7, end: 17, sought: '', isSure: true });
    expect(mentionAt('(eas', 4)).toEqual({ start: 1, end: 4, sought: 'eas', isSure: false });
    expect(mentionAt('a', 1)).toBeNull();
    expect(mentionAt('', 0)).toBeNull();
  });

  it('is offered if it suits the model, those that begin so first', () => {
    const offered = suggestionsFor(mentionAt('easy', 4)!, [...embeddings], 'SD15');
    expect(offered).toEqual(['easy-hands', 'bad/easynegative']);
    expect(suggestionsFor(mentionAt('embedding:easy-hands', 20)!, [...embeddings], 'SD15')).toEqual([]);
  });

  it('is written as the syntax wants it', () => {
    const mention = mentionAt('a (easyn:1.2)', 8)!;
    expect(withEmbedding('a (easyn:1.2)', mention, 'bad/easynegative', 'COMFY')).toEqual({
      prompt: 'a (embedding:bad/easynegative:1.2)',
      caret: 29,
    });
    expect(withEmbedding('a (easyn:1.2)', mention, 'bad/easynegative', 'A1111').prompt).toBe(
      'a (easynegative:1.2)',
    );
  });
});

describe('the jobs that a page holds', () => {
  const at = (minute: number) =>
    job({ id: `job ${minute}`, createdAt: `2026-11-27T08:${String(minute).padStart(2, '0')}:00.000Z` });
  const many = Array.from({ length: 45 }, (_, i) => at(i + 1));

  it('are the latest, newest first, and one that is shown however old it is', () => {
    const held = mergeJobs([], many);
    expect(held[0]!.id).toBe('job 45');
    expect(held).toHaveLength(40);
    expect(mergeJobs(held, [at(0)])).toHaveLength(40);
    expect(mergeJobs(held, [at(0)], 'job 0').at(-1)!.id).toBe('job 0');
  });

  it('never take back an end for an answer that was under way', () => {
    const ended = { ...at(1), status: 'SUCCEEDED' as const };
    expect(mergeJobs([ended], [at(1)])[0]!.status).toBe('SUCCEEDED');
    expect(mergeJobs([at(1)], [ended])[0]!.status).toBe('SUCCEEDED');
  });
});
