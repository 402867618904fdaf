import type { Emphasis, PromptStyle } from '../engine/index.ts';
import { describedValues, type Builder } from './builder.ts';

/** PromptStyle and Emphasis: how prompts are read. */
export function addTextStyle(builder: Builder) {
  const Style = builder.enumType('PromptStyle', {
    description: 'Whose prompt syntax is read; docs/prompts.md shows both.',
    values: describedValues<PromptStyle>({
      COMFY: "ComfyUI's: `(word:1.2)` sets a weight, `embedding:name` mentions an embedding.",
      A1111:
        "A1111's: `(word:1.2)` multiplies the weight, `[word]` lowers it, `[a:b:0.5]` and `[a|b]` change between steps, AND joins prompts, BREAK begins a chunk, an embedding is its bare name.",
    }),
  });
  const EmphasisType = builder.enumType('Emphasis', {
    description: "What weights do in A1111's syntax.",
    values: describedValues<Emphasis>({
      ORIGINAL: 'Multiplies the states, then brings their mean back.',
      NO_NORM: 'Multiplies the states; often better for SDXL.',
      IGNORE: 'Nothing.',
      NONE: 'Nothing, and brackets are read as words.',
    }),
  });
  return { PromptStyle: Style, Emphasis: EmphasisType };
}
