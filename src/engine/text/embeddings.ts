import { parsePromptWeights } from './prompt-weights.ts';
import { pythonWords, SPACE } from './python-text.ts';

/** Textual inversions (Gal et al. 2022) by their names in prompts: vectors that replace tokens. */
export type Embeddings = ReadonlyMap<string, readonly Float32Array[]>;

/** No embeddings. */
export const NO_EMBEDDINGS: Embeddings = new Map();

/** A piece of a segment: text, or the name of an embedding that is known or missing. */
export type Stretch =
  { readonly text: string } | { readonly embedding: string } | { readonly missing: string };

const MENTION = new RegExp(`(?:^|[${SPACE}])embedding:`);

/**
 * Splits a weighted segment into text and mentions of embeddings, `embedding:name`, like ComfyUI. An unknown
 * name is tried again without surrounding commas. If it is still unknown, only the commas after it remain as
 * text.
 */
export function cutEmbeddings(segment: string, isKnown: (name: string) => boolean): Stretch[] {
  const [before, ...mentions] = segment.split(MENTION);
  return [{ text: before! }, ...mentions.flatMap((mention) => readMention(mention, isKnown))].filter(
    (stretch) => !('text' in stretch) || stretch.text !== '',
  );
}

function readMention(mention: string, isKnown: (name: string) => boolean): Stretch[] {
  const [word = '', ...others] = pythonWords(mention);
  const [name = ''] = word.split(/[<[]/, 1);
  const rest = [word.slice(name.length), ...others].filter((part) => part !== '').join(' ');
  if (isKnown(name)) return [{ embedding: name }, { text: rest }];
  const stripped = name.replace(/^,+|,+$/g, '');
  const text = stripped === name ? rest : `${name.slice(stripped.length)} ${rest}`;
  return [isKnown(stripped) ? { embedding: stripped } : { missing: stripped }, { text }];
}

/** The distinct names of embeddings that a prompt mentions in ComfyUI's syntax, known or not. */
export function mentionedEmbeddings(prompt: string, isKnown: (name: string) => boolean): string[] {
  const names = parsePromptWeights(prompt)
    .flatMap(({ text }) => cutEmbeddings(text, isKnown))
    .flatMap((stretch) =>
      'text' in stretch ? [] : ['embedding' in stretch ? stretch.embedding : stretch.missing],
    );
  return [...new Set(names)];
}
