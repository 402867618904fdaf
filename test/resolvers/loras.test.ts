import { expect, test } from 'vitest';
import { InputError } from '../../src/input-error.ts';
import { FITS, type LoraInfo, type Misfit } from '../../src/models/adapter-catalog.ts';
import type { ModelDescription } from '../../src/models/catalog.ts';
import { InputErrors } from '../../src/resolvers/errors.ts';
import { askedLoras, pinLoras } from '../../src/resolvers/loras.ts';

test('tags of A1111 leave the prompts, under either name', () => {
  const { prompts, loras } = askedLoras({
    prompt: 'a house <LoRA:a b:0.8>, snow<lyco:styles/knit.v2:0.5:1>',
    negativePrompt: '<lora:c:te=0.2:unet=-1> text',
  });
  expect(prompts).toEqual({ prompt: 'a house, snow', negativePrompt: 'text' });
  expect(loras).toEqual([
    { name: 'a b', strength: 0.8, textStrength: 0.8, path: ['input', 'prompt'] },
    { name: 'styles/knit.v2', strength: 1, textStrength: 0.5, path: ['input', 'prompt'] },
    { name: 'c', strength: -1, textStrength: 0.2, path: ['input', 'negativePrompt'] },
  ]);
});

test.each(['<lora:a:much>', '<lora:a:>', '<lyco:a:1:1:1>', '<lora:a:1e999>'])(
  'the tag %s is refused',
  (tag) => {
    const refused = expect.objectContaining({ field: ['input', 'prompt'] }) as InputError;
    expect(() => askedLoras({ prompt: `a ${tag}` })).toThrow(expect.objectContaining({ errors: [refused] }));
  },
);

const lora: LoraInfo = {
  ...{ name: 'a', file: 'a.safetensors', sha256: 'aa', sizeBytes: 1, tensors: 2 },
  ...{ title: null, triggerWords: [], problem: null, family: null },
};
const pin = (misfit: Misfit) =>
  pinLoras(
    [{ name: 'a', strength: 1, textStrength: 1, path: ['input', 'loras', '0'] }],
    { name: 'starter', family: 'sd15' } as ModelDescription,
    {
      list: () => Promise.resolve([lora]),
      get: () => Promise.resolve(lora),
      misfit: () => Promise.resolve(misfit),
    },
  );

test('a LoRA that cannot be used with the model is refused when the job is submitted', async () => {
  const message = 'the LoRA a cannot be used with starter: a.safetensors: "x.lora_down.weight" is missing';
  const problem = 'a.safetensors: "x.lora_down.weight" is missing';
  await expect(pin({ problem, unused: [] })).rejects.toEqual(
    new InputErrors([new InputError('INVALID_VALUE', ['input', 'loras', '0'], message)]),
  );
});

test('a LoRA whose keys are used in part comes with a warning, another without one', async () => {
  const pinned = { name: 'a', file: 'a.safetensors', sha256: 'aa', strength: 1, textStrength: 1 };
  expect(await pin(FITS)).toEqual({ loras: [pinned], warnings: [] });
  expect(await pin({ problem: null, unused: ['x.alpha', 'y.alpha'] })).toEqual({
    loras: [pinned],
    warnings: [
      {
        code: 'LORA_PARTLY_USED',
        field: ['input', 'loras', '0'],
        message: 'starter ignores 2 of the keys of the LoRA a, such as "x.alpha".',
      },
    ],
  });
});
