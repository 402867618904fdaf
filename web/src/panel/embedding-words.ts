import type { PromptStyle } from '../api/generated/graphql.ts';
import type { Extras, Model } from '../state/resources.ts';
import { suitsFamily } from './lora-words.ts';

/** The word before the caret, if it may name an embedding. */
export interface Mention {
  readonly start: number;
  readonly end: number;
  readonly sought: string;
  /** Whether `embedding:` is written already. */
  readonly isSure: boolean;
}

const PREFIX = 'embedding:';

/** Letters of a plain word from which suggestions are offered. */
const LEAST_LETTERS = 2;

/** Most suggestions at once. */
const MOST = 8;

/** The word at the caret, if it may name an embedding. */
export function mentionAt(prompt: string, caret: number): Mention | null {
  const [word] = /[^\s,()[\]|<>]*$/.exec(prompt.slice(0, caret))!;
  const isSure = word.toLowerCase().startsWith(PREFIX);
  const sought = (isSure ? word.slice(PREFIX.length) : word).toLowerCase();
  if (!isSure && sought.length < LEAST_LETTERS) return null;
  return { start: caret - word.length, end: caret, sought, isSure };
}

/** How the prompt syntax writes an embedding: A1111 by its bare name, ComfyUI with a prefix. */
export const writtenAs = (name: string, style: PromptStyle): string =>
  style === 'A1111' ? name.slice(name.lastIndexOf('/') + 1) : PREFIX + name;

/** Matching embeddings, best first; none once the name is complete. */
export function suggestionsFor(
  { sought, isSure }: Mention,
  embeddings: Extras['embeddings'],
  family: Model['family'] | undefined,
): readonly string[] {
  const names = embeddings.filter((one) => suitsFamily(one, family)).map(({ name }) => name);
  const places = names.map((name) => ({ name, place: name.toLowerCase().indexOf(sought) }));
  const found = places.filter(({ name, place }) => place >= 0 && !(isSure && name.toLowerCase() === sought));
  return found
    .sort((a, b) => a.place - b.place)
    .slice(0, MOST)
    .map(({ name }) => name);
}

/** Replaces a mention by an embedding; returns the prompt and the new caret. */
export function withEmbedding(
  prompt: string,
  { start, end }: Mention,
  name: string,
  style: PromptStyle,
): { readonly prompt: string; readonly caret: number } {
  const before = prompt.slice(0, start) + writtenAs(name, style);
  return { prompt: before + prompt.slice(end), caret: before.length };
}
