import { expect, test } from 'vitest';
import type { SamplerName } from '../../src/engine/index.ts';
import { warningOf } from '../../src/jobs/job.ts';
import type { ModelDescription } from '../../src/models/catalog.ts';
import { adviseOn } from '../../src/resolvers/advise.ts';
import { request } from '../jobs/fixtures.ts';

const schnell = {
  name: 'flux1_schnell',
  recommended: { width: 1024, height: 1024, steps: 4, cfg: 1, samplerName: 'euler', scheduler: 'simple' },
} as ModelDescription;
const source = { sha256: 'ab'.repeat(32), width: 640, height: 480 };
const close = { source, width: 1024, height: 768, steps: 8, cfg: 1 };

test('A request near the recommended settings gets no warning', () => {
  expect(adviseOn(request(close), schnell)).toEqual([]);
});

/** Code, field and message of every warning. */
const advice = (changes: Parameters<typeof request>[0], model = schnell) =>
  adviseOn(request({ ...close, ...changes }), model).map(({ code, field, message }) => [
    code,
    field?.join('.'),
    message,
  ]);

test('A request without an image is told that it is text to image', () => {
  const message = 'No image was given: the job starts from noise with denoiseStrength 1 (text to image).';
  expect(advice({ source: null })).toEqual([['TEXT_TO_IMAGE', 'input.image', message]]);
});

test('Steps, guidance and size far from the recommended ones are named with both values', () => {
  expect(advice({ width: 512, height: 512, steps: 20, cfg: 8 })).toEqual([
    ['STEPS_UNUSUAL', 'input.steps', 'flux1_schnell works best with steps 4; this job uses 20.'],
    ['CFG_UNUSUAL', 'input.cfg', 'flux1_schnell works best with cfg 1; this job uses 8.'],
    [
      'SIZE_UNUSUAL',
      'input.width',
      'flux1_schnell works best at about 1024×1024 pixels; this job uses 512×512.',
    ],
  ]);
  expect(advice({ cfg: 0, steps: 1 }).map(([code]) => code)).toEqual(['STEPS_UNUSUAL', 'CFG_UNUSUAL']);
});

const sd15 = {
  name: 'dreamshaper_8',
  recommended: { width: 1024, height: 1024, steps: 20, cfg: 8, samplerName: 'euler', scheduler: 'normal' },
} as ModelDescription;

test.each<[SamplerName, object, string[]]>([
  ['euler_cfg_pp', { cfg: 8, steps: 20 }, ['cfg 0.5 to 2; this job uses 8']],
  ['euler_ancestral_cfg_pp', { cfg: 8, steps: 20 }, ['cfg 0.5 to 2; this job uses 8']],
  ['euler_cfg_pp', { cfg: 1, steps: 20 }, []],
  ['lcm', { cfg: 8, steps: 20 }, ['steps 4 to 8; this job uses 20', 'cfg 1 to 2; this job uses 8']],
  ['lcm', { cfg: 1.5, steps: 4 }, []],
  ['dpm_adaptive', { cfg: 8, steps: 4 }, ['steps 15 or more; this job uses 4']],
  ['dpm_fast', { cfg: 8, steps: 6 }, ['steps 15 or more; this job uses 6']],
  ['dpm_fast', { cfg: 8, steps: 20 }, []],
  ['ddpm', { cfg: 8, steps: 20 }, ['steps 50 or more; this job uses 20']],
])('Advice knows what %s wants: %o', (samplerName, changes, wanted) => {
  const messages = wanted.map((text) => `The sampler ${samplerName} works best with ${text}.`);
  expect(advice({ samplerName, ...changes }, sd15).map(([, , message]) => message)).toEqual(messages);
});

test.each(['<HyperNet:x:1>', '<lora:x:1', '<LyCO::1>', '[cat:dog:0.5]', 'BREAK'])(
  'The syntax %s of other programs is named, in either prompt',
  (foreign) => {
    for (const field of ['prompt', 'negativePrompt'] as const) {
      expect(advice({ [field]: `a cat, ${foreign}, snow` })).toEqual([
        ['PROMPT_SYNTAX', `input.${field}`, expect.stringContaining(foreign) as string],
      ]);
    }
  },
);

test('With the style of A1111 its syntax means something, and that of ComfyUI does not', () => {
  const prompt = '[cat:dog:0.5] BREAK embedding:EasyNegative';
  expect(advice({ prompt, promptStyle: 'A1111' }).map(([, , message]) => message)).toEqual([
    '"embedding:EasyNegative" in prompt is ComfyUI\'s: with promptStyle A1111 an embedding is its name alone.',
  ]);
});

test.each(['a (cat:1.2) <3', 'breakfast', 'ratio [3:4]', 'embeddings: none', 'embedding:EasyNegative'])(
  '%s is no such syntax',
  (prompt) => {
    expect(advice({ prompt })).toEqual([]);
  },
);

test('A warning of a newer version is shown under the code OTHER', () => {
  const newer = { code: 'MOON_PHASE', field: null, message: 'of a newer version' };
  expect(warningOf(newer as never)).toEqual({ ...newer, code: 'OTHER' });
});
