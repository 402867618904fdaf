import { parsePromptWeights } from './prompt-weights.ts';
import { pythonWords, SPACE } from './python-text.ts';

/** Textual inversions (Gal et al. 2022) by the names that a prompt gives them: vectors in the place of tokens. */
export type Embeddings = ReadonlyMap<string, readonly Float32Array[]>;

export const NO_EMBEDDINGS: Embeddings = new Map();

/** Text, or the name of an embedding that is there or is missing. */
export type Stretch =
  { readonly text: string } | { readonly embedding: string } | { readonly missing: string };

const MENTION = new RegExp(`(?:^|[${SPACE}])embedding:`);

/**
 * Cuts a weighted segment into text and mentions of embeddings, `embedding:name`, as ComfyUI does. A name that is not known is tried
 * without the commas around it; what stays of it where that is not known either is the commas after it.
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

/** The embeddings that a prompt mentions in ComfyUI's syntax, known or not, each once. */
export function mentionedEmbeddings(prompt: string, isKnown: (name: string) => boolean): Stretch[] {
  const mentions = parsePromptWeights(prompt)
    .flatMap(({ text }) => cutEmbeddings(text, isKnown))
    .filter((stretch) => !('text' in stretch));
  return [...new Map(mentions.map((mention) => [JSON.stringify(mention), mention])).values()];
}
