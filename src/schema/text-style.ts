import type { Emphasis, PromptStyle } from '../engine/index.ts';
import { describedValues, type Builder } from './builder.ts';

/** PromptStyle and Emphasis: how prompts are read. */
export function addTextStyle(builder: Builder) {
  const Style = builder.enumType('PromptStyle', {
    description: 'Prompt syntax; docs/prompts.md describes both.',
    values: describedValues<PromptStyle>({
      COMFY: "ComfyUI's: `(word:1.2)` sets a weight, `embedding:name` inserts an embedding.",
      A1111:
        "A1111's: `(word:1.2)` multiplies the weight, `[word]` lowers it, `[a:b:0.5]` and `[a|b]` switch between steps, AND combines prompts, BREAK starts a new chunk, an embedding is written as its bare name.",
    }),
  });
  const EmphasisType = builder.enumType('Emphasis', {
    description: "What weights do in A1111's syntax.",
    values: describedValues<Emphasis>({
      ORIGINAL: 'Multiplies the encoded prompt, then restores its mean.',
      NO_NORM: 'Multiplies the encoded prompt; often better for SDXL.',
      IGNORE: 'Nothing.',
      NONE: 'Nothing, and brackets are read literally.',
    }),
  });
  return { PromptStyle: Style, Emphasis: EmphasisType };
}
