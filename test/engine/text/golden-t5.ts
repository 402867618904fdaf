import { tinyT5 } from './tiny-t5.ts';

/** T5's own ids of the pieces that the prompts of the golden pipeline are made of. */
const PIECES: Readonly<Record<string, number>> = {
  '▁': 3,
  ',': 6,
  '▁the': 8,
  a: 9,
  '▁in': 16,
  '▁quality': 463,
  ry: 651,
  '▁low': 731,
  '▁red': 1131,
  '▁highly': 1385,
  '▁barn': 13754,
  '▁snow': 2983,
  '▁sitting': 3823,
  '▁detailed': 3117,
  '▁blur': 16810,
  fox: 20400,
};

/** A `tokenizer.json` that cuts the prompts of the golden pipeline as T5's does, and hardly any other. */
export function goldenT5() {
  const { model, ...rest } = tinyT5();
  const vocab = Array.from({ length: Math.max(...Object.values(PIECES)) + 1 }, (_, id) => [
    `<never ${id}>`,
    -100,
  ]);
  ['<pad>', '</s>', '<unk>'].forEach((token, id) => (vocab[id] = [token, 0]));
  for (const [piece, id] of Object.entries(PIECES)) vocab[id] = [piece, -10];
  return { ...rest, model: { ...model, vocab } };
}
