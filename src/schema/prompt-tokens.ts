import type { PromptTokens, TextEncoderName } from '../engine/index.ts';
import { promptTokens } from '../resolvers/prompts.ts';
import type { Builder } from './builder.ts';
import type { addTextStyle } from './text-style.ts';

const ENCODERS: Readonly<Record<TextEncoderName, { name: string; description: string }>> = {
  clip_l: { name: 'CLIP_L', description: 'CLIP ViT-L/14.' },
  clip_h: { name: 'CLIP_H', description: 'OpenCLIP ViT-H/14.' },
  clip_g: { name: 'CLIP_G', description: 'OpenCLIP ViT-bigG/14.' },
  t5: { name: 'T5', description: 'T5 v1.1 XXL.' },
};

/** TextEncoder, PromptTokens and Query.promptTokens. */
export function addPromptTokens(builder: Builder, { PromptStyle }: ReturnType<typeof addTextStyle>): void {
  const Encoder = builder.enumType('TextEncoder', {
    description: 'A network that reads prompts.',
    values: Object.fromEntries(
      Object.entries(ENCODERS).map(([value, { name, description }]) => [name, { value, description }]),
    ) as Record<string, { value: TextEncoderName; description: string }>,
  });

  const Tokens = builder.objectRef<PromptTokens>('PromptTokens').implement({
    description: 'The length of a prompt for one text encoder.',
    fields: (t) => ({
      encoder: t.expose('encoder', { type: Encoder, description: 'The text encoder.' }),
      count: t.exposeInt('count', {
        nullable: true,
        description: "Tokens of the prompt; null where the tokenizer is a worker's.",
      }),
      chunks: t.exposeInt('chunks', {
        nullable: true,
        description: 'Chunks that are encoded one by one; a long prompt is never truncated. null likewise.',
      }),
      tokensPerChunk: t.exposeInt('perChunk', {
        nullable: true,
        description: 'Tokens that fit in a chunk; null: any number.',
      }),
    }),
  });

  builder.queryField('promptTokens', (t) =>
    t.field({
      type: [Tokens],
      description: 'Counts the tokens of a prompt for each text encoder of a model.',
      args: {
        modelName: t.arg.string({ required: true, description: 'The `name` of the model.' }),
        prompt: t.arg.string({ required: true, description: 'The prompt, with its weights.' }),
        promptStyle: t.arg({
          type: PromptStyle,
          defaultValue: 'COMFY',
          description:
            'Whose syntax it has. Of a prompt with parts or schedules, the longest text is counted.',
        }),
      },
      resolve: (_root, { modelName, prompt, promptStyle }, { services }) =>
        promptTokens(modelName, prompt, promptStyle ?? 'COMFY', services),
    }),
  );
}
