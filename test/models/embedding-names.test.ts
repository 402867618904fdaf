import { expect, test } from 'vitest';
import { embeddingCalled } from '../../src/models/embedding-names.ts';

const FILES = [
  'UP.SAFETENSORS',
  'Old.Pt',
  'new.sft',
  'e\u0301t\u00e9.pt',
  'sub/deep.bin',
  'two.pt',
  'two.safetensors',
];
const embeddings = FILES.map((name) => ({ file: `embeddings/${name}` }));

test.each([
  ['UP', 'UP.SAFETENSORS'],
  ['UP.SAFETENSORS', 'UP.SAFETENSORS'],
  ['UP.safetensors', 'UP.SAFETENSORS'],
  ['Old', 'Old.Pt'],
  ['new', 'new.sft'],
  ['\u00e9t\u00e9', 'e\u0301t\u00e9.pt'],
  ['e\u0301te\u0301', 'e\u0301t\u00e9.pt'],
  ['deep', 'sub/deep.bin'],
  ['sub/deep.bin', 'sub/deep.bin'],
  ['two', 'two.safetensors'],
])('embedding:%s is %s, whatever the case of its extension and the form of its letters', (name, file) => {
  expect(embeddingCalled(name, embeddings)).toEqual({ file: `embeddings/${file}` });
});

test.each(['up', 'old', '', '../embeddings/two', '/two', 'eep'])('embedding:%s is none of them', (name) => {
  expect(embeddingCalled(name, embeddings)).toBeUndefined();
});
