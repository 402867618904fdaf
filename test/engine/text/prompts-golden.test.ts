import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { prompts } from '../../conformance/prompts.ts';

describe('the golden prompts', () => {
  it('are segmented, tokenised and weighted exactly as recorded', async () => {
    const golden = new URL('../../golden/', import.meta.url).pathname;
    const recorded = JSON.parse(await readFile(`${golden}prompts/prompts.json`, 'utf8')) as {
      prompts: unknown[];
    };
    const result = await prompts(golden, {});
    expect(result).toMatchObject({ cases: recorded.prompts.length * 7, failed: 0, worst: 0, failures: [] });
  });
});
