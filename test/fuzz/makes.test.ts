import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkpoints } from './checkpoints.ts';
import { documents } from './documents.ts';
import { forms } from './forms.ts';
import { frames } from './frames.ts';
import type { Kind } from './kind.ts';
import { pictures } from './pictures.ts';
import { requests } from './requests.ts';
import { variables } from './variables.ts';

const KINDS = { documents, variables, forms, frames, requests, pictures, checkpoints } as Record<
  string,
  Kind<unknown>
>;

it.each(Object.keys(KINDS))(
  'the fuzzer can make every input of the kind %s that is drawn, and keep it',
  (name) => {
    const texts = fc.sample(
      fc.gen().map((gen) => JSON.stringify(KINDS[name]!.make(gen))),
      { seed: 1, numRuns: 150 },
    );
    expect(texts.filter((text) => typeof JSON.parse(text) !== 'object')).toEqual([]);
    expect(new Set(texts).size).toBeGreaterThan(25);
  },
);
