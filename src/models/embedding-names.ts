import { posix } from 'node:path';
import { composed, type AdapterPlace } from './adapter-catalog.ts';

/** Extensions in the order in which ComfyUI tries them, and one that it does not know. */
const EXTENSIONS = ['', '.safetensors', '.pt', '.bin', '.sft'];

const EXTENSION = /\.(safetensors|sft|pt|bin)$/i;

/** Whether a file can be an embedding, by its extension. */
export const hasEmbeddingExtension = (file: string): boolean => EXTENSION.test(file);

/** The file's name without extension: A1111's name of an embedding. */
export const bareName = ({ file }: Pick<AdapterPlace, 'file'>): string =>
  posix.basename(file).replace(EXTENSION, '');

/** Embeddings under names without extension, unless two would have the same name. */
export function withShortNames<Place extends AdapterPlace>(embeddings: readonly Place[]): Place[] {
  const short = embeddings.map(({ name }) => name.replace(EXTENSION, ''));
  return embeddings.map((embedding, i) => {
    const isOwn = short.filter((other) => other === short[i]).length === 1;
    return isOwn ? { ...embedding, name: short[i]! } : embedding;
  });
}

/**
 * The embedding that `embedding:name` means in ComfyUI: a file, with or without extension, by its path from the folder or a
 * subfolder. Of several the one in the outermost folder.
 */
export function embeddingCalled<Embedding extends Pick<AdapterPlace, 'file'>>(
  name: string,
  embeddings: readonly Embedding[],
): Embedding | undefined {
  const path = composed(posix.normalize(name));
  if (name === '' || path.startsWith('..') || posix.isAbsolute(path)) return undefined;
  const depth = ({ file }: Embedding) => file.split('/').length;
  const usual = (file: string) => composed(file.replace(EXTENSION, (extension) => extension.toLowerCase()));
  const found = EXTENSIONS.flatMap((extension) =>
    embeddings.filter(({ file }) =>
      [file, usual(file)].some((its) => `/${its}`.endsWith(`/${path}${extension}`)),
    ),
  );
  return found.sort((a, b) => depth(a) - depth(b))[0];
}
