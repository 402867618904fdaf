import { tinyT5 } from './tiny-t5.ts';

/** T5's own ids of the pieces that the prompts of the golden pipeline and of the golden texts are made of. */
const PIECES: Readonly<Record<string, number>> = {
  '▁': 3,
  ',': 6,
  '▁the': 8,
  a: 9,
  '▁and': 11,
  '▁of': 13,
  '▁in': 16,
  '▁by': 57,
  '▁best': 200,
  '▁1': 209,
  '▁quality': 463,
  ry: 651,
  '▁light': 659,
  '▁low': 731,
  '▁style': 869,
  '▁red': 1131,
  '▁photo': 1202,
  '▁highly': 1385,
  '▁cat': 1712,
  '▁hour': 1781,
  '▁dog': 1782,
  house: 1840,
  '▁sea': 2805,
  '▁barn': 13754,
  '▁snow': 2983,
  '▁detailed': 3117,
  '▁sitting': 3823,
  '▁trained': 4252,
  '▁golden': 7069,
  '▁blur': 16810,
  girl: 18722,
  fox: 20400,
  '▁masterpiece': 20975,
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
