import { clipTokenIds } from '../clip-tokenizer.ts';
import { cleanText } from './clean-text.ts';

/** CLIP token ids of a text as in A1111, without start and end. */
export const a1111TokenIds = (text: string): number[] => clipTokenIds(text, cleanText);
