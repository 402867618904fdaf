import type { Lora, Model } from '../state/resources.ts';

const wordsIn = (prompt: string): readonly string[] =>
  prompt.split(',').map((part) => part.trim().toLowerCase());

/** Appends a word to the prompt unless it is there already. */
export function withWord(prompt: string, word: string): string {
  if (wordsIn(prompt).includes(word.trim().toLowerCase())) return prompt;
  const before = prompt.trim().replace(/,$/, '');
  return before === '' ? word : `${before}, ${word}`;
}

/** Whether a file suits a model family, as far as is known. */
export const suitsFamily = (
  { family, problem }: Pick<Lora, 'family' | 'problem'>,
  of: Model['family'] | undefined,
): boolean => problem == null && (family == null || of == null || family === of);
