import { expect, test } from 'vitest';
import type { InputError } from '../../src/input-error.ts';
import type { ModelDescription } from '../../src/models/catalog.ts';
import { parseRefiner, pinRefiner } from '../../src/resolvers/parse-refiner.ts';

const described = (name: string, changes: Partial<ModelDescription>): ModelDescription => ({
  ...{ name, file: `${name}.safetensors`, family: 'sdxl', installed: true, missingFiles: [], sizeBytes: 1 },
  ...{ problem: null, workers: [], precision: 'f16', licence: null },
  recommended: { width: 64, height: 64, steps: 2, cfg: 1, samplerName: 'euler', scheduler: 'normal' },
  ...changes,
});
const MODELS = [
  described('refiner', { family: 'sdxl_refiner' }),
  described('new', { family: 'sdxl_refiner' }),
  described('broken', { problem: 'no header' }),
  described('headless', { hindrance: 'set heads in the sidecar' }),
  described('velocity', { prediction: 'v' }),
  described('masks', { takesLatentAlone: false }),
  described('absent', { installed: false, family: null }),
  described('small', { family: 'sd15' }),
];
const models = {
  get: (name: string) => Promise.resolve(MODELS.find((model) => model.name === name)),
  hashOf: (name: string) => Promise.resolve(name === 'new' ? null : 'ab'.repeat(32)),
};
const pin = (model: string, family: ModelDescription['family'] = 'sdxl') =>
  pinRefiner({ model, switchAt: 0.8 }, described('base', { family, prediction: 'eps' }), models);

test('a refiner is kept by its content, with the share after which it takes over', async () => {
  expect(await pin('refiner')).toEqual({
    ...{ name: 'refiner', file: 'refiner.safetensors', sha256: 'ab'.repeat(32), switchAt: 0.8 },
  });
  expect(parseRefiner({ model: 'refiner' }, () => undefined)).toEqual({ model: 'refiner', switchAt: 0.8 });
});

test('one that cannot be used is refused with its reason', async () => {
  const refusal = async (...asked: Parameters<typeof pin>) => {
    const error = await pin(...asked).catch((thrown: unknown) => thrown);
    const { code, field, message } = error as InputError;
    expect(field).toEqual(['input', 'refiner', 'model']);
    return [code, message];
  };
  expect(await refusal('gone')).toEqual(['UNSUPPORTED', 'there is no model gone; see the models query']);
  expect(await refusal('broken')).toEqual(['INVALID_VALUE', 'broken cannot be used: no header']);
  expect(await refusal('headless')).toEqual([
    'INVALID_VALUE',
    'headless cannot be used: set heads in the sidecar',
  ]);
  expect(await refusal('velocity')).toEqual([
    'INVALID_VALUE',
    'velocity predicts v, the model base eps: choose another refiner',
  ]);
  expect(await refusal('masks')).toEqual([
    'INVALID_VALUE',
    'masks takes more inputs than a latent, as for inpainting: choose an ordinary checkpoint',
  ]);
  expect((await refusal('absent'))[0]).toBe('MODEL_NOT_INSTALLED');
  expect(await refusal('small')).toEqual([
    'INVALID_VALUE',
    'small is SD1.5, the model base SDXL: expected one of SDXL, SDXL refiner',
  ]);
  expect((await refusal('refiner', 'flux'))[1]).toContain('it supports no refiner');
  expect((await refusal('new'))[1]).toContain('still being hashed for the first time');
  const faults: InputError[] = [];
  parseRefiner({ model: 'refiner', switchAt: 1.5 }, (error) => faults.push(error));
  expect(faults.map(({ field, message }) => [field.join('.'), message])).toEqual([
    ['input.refiner.switchAt', 'refiner.switchAt must be from 0 to 1, got 1.5'],
  ]);
});
