import { describe, expect, it } from 'vitest';
import { chosenModel } from '../../web/src/panel/choose-model.ts';
import { changesBy, lostIn, statedFields } from '../../web/src/panel/restorable.ts';
import { cutTo, sizeOf } from '../../web/src/panel/size.ts';
import { sentenceFor } from '../../web/src/panel/strength-words.ts';
import type { Form } from '../../web/src/state/form.ts';
import type { Model } from '../../web/src/state/resources.ts';

const model = (differs: Partial<Model> = {}): Model => ({
  name: 'starter',
  file: 'starter.safetensors',
  family: 'SD15',
  installed: true,
  missingFiles: [],
  problem: null,
  sizeBytes: 1000,
  loaded: false,
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
    expect(statedFields(stated, ['detail'])).toMatchObject({ loras: [{ name: 'detail', strength: 0.8 }] });
    expect(lostIn(stated, (name) => `${name}: not here`, ['detail'])).toEqual(['other: not here']);
  });

  it('lists what cannot come back', () => {
    const lost = lostIn({ ...stated, leftOut: ['Sampler: Restart'] }, (name) => `${name}: not here`);
    expect(lost).toEqual(['other: not here', 'LoRA detail: not here', 'Sampler: Restart']);
  });
});
