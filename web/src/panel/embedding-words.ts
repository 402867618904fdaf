import type { PromptStyle } from '../api/generated/graphql.ts';
import type { Extras, Model } from '../state/resources.ts';
import { suitsFamily } from './lora-words.ts';

/** The part of a prompt before the caret that may become an embedding. */
export interface Mention {
  readonly start: number;
  readonly end: number;
  readonly sought: string;
  /** Whether `embedding:` is written already. */
  readonly isSure: boolean;
}

const PREFIX = 'embedding:';

/** Letters after which a plain word is looked up. */
const LEAST_LETTERS = 2;

/** Names that are offered at once. */
const MOST = 8;

/** What is being written at the caret, if it may be an embedding. */
export function mentionAt(prompt: string, caret: number): Mention | null {
  const [word] = /[^\s,()[\]|<>]*$/.exec(prompt.slice(0, caret))!;
  const isSure = word.toLowerCase().startsWith(PREFIX);
  const sought = (isSure ? word.slice(PREFIX.length) : word).toLowerCase();
  if (!isSure && sought.length < LEAST_LETTERS) return null;
  return { start: caret - word.length, end: caret, sought, isSure };
}

/** How an embedding is mentioned: A1111 by its bare name, ComfyUI after a prefix. */
export const writtenAs = (name: string, style: PromptStyle): string =>
  style === 'A1111' ? name.slice(name.lastIndexOf('/') + 1) : PREFIX + name;

/** The embeddings that a mention may mean: those that begin so first; none once one is written out. */
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

/** The prompt with an embedding in the place of a mention, and where the caret then stands. */
export function withEmbedding(
  prompt: string,
  { start, end }: Mention,
  name: string,
  style: PromptStyle,
): { readonly prompt: string; readonly caret: number } {
  const before = prompt.slice(0, start) + writtenAs(name, style);
  return { prompt: before + prompt.slice(end), caret: before.length };
}
