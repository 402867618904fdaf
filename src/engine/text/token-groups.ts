import { parsePromptWeights } from './prompt-weights.ts';
import { pythonWords } from './python-text.ts';

/** The tokens of one weighted stretch of a prompt, kept together in a chunk if they are few. */
export interface TokenGroup {
  readonly ids: readonly number[];
  readonly weight: number;
}

/** Token ids per chunk and, of the same shape, the weight of each. */
export interface TokenChunks {
  readonly ids: readonly (readonly number[])[];
  readonly weights: readonly (readonly number[])[];
}

/** Parses the weights of a prompt and tokenises each stretch on its own. `tokenize` adds neither start nor end. */
export function tokenGroups(prompt: string, tokenize: (text: string) => number[]): TokenGroup[] {
  return parsePromptWeights(prompt).flatMap(({ text, weight }) =>
    withoutEmbeddings(text).map((stretch) => ({ ids: tokenize(stretch), weight })),
  );
}

/**
 * Textual inversions are not supported: `embedding:name` is dropped, as ComfyUI drops one that it cannot find. What
 * follows the name and the commas that hang on to it stay; each mention starts a new stretch.
 */
function withoutEmbeddings(text: string): string[] {
  const spaced = text.startsWith('embedding:') ? ` ${text}` : text;
  const [before, ...mentions] = spaced.split(/[ \n]embedding:/);
  return [before!, ...mentions.map(afterName)].filter((stretch) => stretch !== '');
}

function afterName(mention: string): string {
  const [name = '', ...others] = pythonWords(mention);
  const rest = others.join(' ');
  const commas = name.slice(name.replace(/^,+|,+$/g, '').length);
  return commas === '' ? rest : `${commas} ${rest}`;
}
