import { expect, it } from 'vitest';
import { promptWords } from '../../web/src/jobs/prompt-words.ts';
import { en } from '../../web/src/texts/en.ts';
import { job } from './jobs.ts';

const wordsFor = (prompt: string): string => {
  const { input } = job({});
  return promptWords({ input: { ...input, prompt } }, en);
};

it('calls a picture by its prompt, by its first 200 characters where it is long, and says where there is none', () => {
  expect(wordsFor('the sea at sunset')).toBe('the sea at sunset');
  expect(wordsFor('')).toBe('no prompt');
  expect(wordsFor('house '.repeat(100))).toBe(`${'house '.repeat(33)}ho…`);
});
