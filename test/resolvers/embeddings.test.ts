import { expect, it } from 'vitest';
import type { EmbeddingInfo } from '../../src/models/adapter-catalog.ts';
import type { ModelDescription } from '../../src/models/catalog.ts';
import { pinEmbeddings } from '../../src/resolvers/embeddings.ts';

const embedding = (name: string, family: EmbeddingInfo['family'], ...widths: number[]): EmbeddingInfo => ({
  ...{ name, file: `embeddings/${name}.safetensors`, family, sizeBytes: 1, problem: null },
  ...{ sha256: 'ab'.repeat(32), tables: widths.map((width) => ({ key: 'emb_params', width, vectors: 1 })) },
});
const INSTALLED = [
  embedding('odd', null, 65),
  embedding('fits', null, 64),
  embedding('both', 'sdxl', 1280, 64),
  embedding('large', 'sdxl', 1280, 768),
];
const catalog = {
  list: () => Promise.resolve(INSTALLED),
  get: (file: string) => Promise.resolve(INSTALLED.find((one) => one.file === file)),
  misfit: () => Promise.resolve({ problem: null, unused: [] }),
};
const model = (textWidths?: readonly number[]) =>
  ({ name: 'starter', family: 'sd15', ...(textWidths && { textWidths }) }) as unknown as ModelDescription;
const prompts = (prompt: string, promptStyle: 'COMFY' | 'A1111' = 'COMFY') =>
  ({ prompt, negativePrompt: '', promptStyle, samplerName: 'euler', steps: 4 }) as const;

it('an embedding whose vectors are as wide as no text encoder of the model is said to do nothing', async () => {
  const prompt = INSTALLED.map(({ name }) => `embedding:${name}`).join(', ');
  const { warnings } = await pinEmbeddings(prompts(prompt), model([64]), catalog);
  expect(warnings.map(({ message }) => message)).toEqual([
    'The embedding "odd" of prompt does nothing: its vectors have 65 numbers, expected 64 for the model starter.',
    'The embedding "large" of prompt does nothing: it is for SDXL, but the model starter is SD1.5.',
  ]);
  const bare = await pinEmbeddings(prompts('odd fits', 'A1111'), model([64]), catalog);
  expect(bare.embeddings.map(({ name }) => name)).toEqual(['fits']);
});

it('where no widths are known, families decide', async () => {
  const { warnings } = await pinEmbeddings(prompts('embedding:odd, embedding:both'), model(), catalog);
  expect(warnings.map(({ message }) => message)).toEqual([
    'The embedding "both" of prompt does nothing: it is for SDXL, but the model starter is SD1.5.',
  ]);
});
