import { FAMILIES, type ModelFamily } from '../engine/index.ts';
import { stem, type VaeInfo } from './adapter-catalog.ts';
import type { ModelDescription } from './catalog.ts';

/** The tiny decoder for a model's previews; undefined if none is installed, or the model has its own latent format. */
export const previewDecoderOf = (
  { family, hasOwnLatents }: Pick<ModelDescription, 'family' | 'hasOwnLatents'>,
  vaes: readonly VaeInfo[],
): VaeInfo | undefined => (family === null || hasOwnLatents ? undefined : tinyDecoderOf(family, vaes));

/** The tiny decoder for a family's latents: the one with the usual name, else the first usable one; undefined if none. */
export function tinyDecoderOf(family: ModelFamily, vaes: readonly VaeInfo[]): VaeInfo | undefined {
  const usable = vaes.filter(
    ({ tiny, problem, families }) => tiny && problem === null && families.includes(family),
  );
  const usual = stem(FAMILIES[family].latent.tiny.file);
  return usable.find(({ file }) => stem(file) === usual) ?? usable[0];
}
