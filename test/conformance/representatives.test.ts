import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CPU } from '../../src/engine/runtime/device.ts';
import { profilesOf } from '../../src/engine/runtime/profiles.ts';
import { temporaryFolder } from '../engine/checkpoint/safetensors-file.ts';
import { goldenT5 } from '../engine/text/golden-t5.ts';
import type { SectionOptions } from './section.ts';
import { SECTIONS, type SectionName } from './sections.ts';

/**
 * Of each section that takes long a case of every family and kind, and how many these are. All of their cases are run by
 * `npm run test:conformance`.
 */
const REPRESENTATIVES: readonly (readonly [section: SectionName, ids: RegExp, cases: number])[] = [
  ['samplers', /5$/, 112],
  ['samplers-next', /5$/, 98],
  ['nets', /^(sd15-f16|sdxl-f16|flux)\/\w+\/0$|^timestep_embedding\//, 16],
  ['pipeline', /^(sd15\/07|sdxl\/08|flux\/11)$/, 3],
  ['lora', /^(files\/.*|08|18|22)$/, 18],
  ['inpaint', /^(op0\d\d|t0[04]\d|14|20|31)$/, 79],
  ['variants', /^([\w-]+\/\w+\/0|07|22|28)$/, 12],
  ['text', /^((s|e)0\d0( tokens)?|02|03|vae-ldm-f16 \w+)$/, 22],
  ['prompts-a1111', /^\d\//, 114],
  ['upscale', /^(o\d\d[05]|compact-x2\/(0|tiled)\/.*|[\w-]+x2(plus)?\/0\/.*|00|tae\w+\/0)$/, 29],
  ['control', /^(n0[0246]|14|16)$/, 6],
];

async function run(section: SectionName, ids: RegExp, options: SectionOptions = {}) {
  const t5Tokenizer = join(await temporaryFolder(), 'tokenizer.json');
  await writeFile(t5Tokenizer, JSON.stringify(goldenT5()));
  const folder = ['samplers', 'nets', 'pipeline'].includes(section) ? 'test/golden' : 'test/golden/next';
  return SECTIONS[section](folder, {
    golden: 'test/golden',
    t5Tokenizer,
    takes: (id) => ids.test(id),
    ...options,
  });
}

test.for(REPRESENTATIVES)('the cases that stand for %s agree', async ([section, ids, cases]) => {
  const result = await run(section, ids);
  expect(result.failures.map((id) => `${id}: ${result.causes.get(id)}`)).toEqual([]);
  expect([result.cases, result.skipped]).toEqual([cases, 0]);
});

test('those of nets agree as they are written for an accelerator that computes in half precision', async () => {
  const [profile] = profilesOf('cuda', 'f16');
  const [, ids, cases] = REPRESENTATIVES.find(([name]) => name === 'nets')!;
  const errors: number[] = [];
  const result = await run('nets', ids, {
    device: { ...CPU, profile: { ...profile!, scoreBytes: 64 * 1024 } },
    onCase: (_id, error) => errors.push(error),
  });
  expect(result.failures.map((id) => `${id}: ${result.causes.get(id)}`)).toEqual([]);
  expect(result.cases).toBe(cases);
  // Half precision that nobody computed in would agree better.
  expect(Math.max(...errors)).toBeGreaterThan(1e-4);
});
