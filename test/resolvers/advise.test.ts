import { expect, test } from 'vitest';
import { adviseOn } from '../../src/resolvers/submit-img2img.ts';
import type { ModelDescription } from '../../src/models/catalog.ts';
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

test('A request without an image is told that it is text to image', () => {
  expect(adviseOn(request({ ...close, source: null }), schnell)).toEqual([
    'No image was given: the job starts from noise with denoiseStrength 1 (text to image).',
  ]);
});

test('Steps, guidance and size far from the recommended ones are named with both values', () => {
  expect(adviseOn(request({ source, width: 512, height: 512, steps: 20, cfg: 8 }), schnell)).toEqual([
    'flux1_schnell works best with steps 4; this job uses 20.',
    'flux1_schnell works best with cfg 1; this job uses 8.',
    'flux1_schnell works best at about 1024×1024 pixels; this job uses 512×512.',
  ]);
  expect(adviseOn(request({ ...close, cfg: 0, steps: 1 }), schnell)).toEqual([
    'flux1_schnell works best with steps 4; this job uses 1.',
    'flux1_schnell works best with cfg 1; this job uses 0.',
  ]);
});
