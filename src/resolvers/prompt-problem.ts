import {
  extremeWeight,
  MAX_PROMPT_NESTING,
  MAX_PROMPT_WEIGHT,
  nestingOf,
  planPrompt,
  textsOf,
  type PromptReading,
} from '../engine/index.ts';
import { MAX_PROMPT_LENGTH, MAX_SCHEDULED_LENGTH } from './img2img-fields.ts';

/** Characters of a text that a message repeats. */
const SHOWN_LENGTH = 40;

/** What is wrong with a prompt: its length, nesting, weights or schedules; undefined if nothing is. */
export function promptProblem(name: string, prompt: string, reading: PromptReading): string | undefined {
  if (prompt.length > MAX_PROMPT_LENGTH)
    return `${name} must have at most ${MAX_PROMPT_LENGTH} characters, got ${prompt.length}`;
  const nesting = nestingOf(prompt, reading.style);
  if (nesting > MAX_PROMPT_NESTING)
    return `${name} must nest brackets at most ${MAX_PROMPT_NESTING} deep, got ${nesting}`;
  const parts = planPrompt(prompt, reading);
  const texts = textsOf(parts);
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length > MAX_SCHEDULED_LENGTH)
    return `${name} must have at most ${MAX_SCHEDULED_LENGTH} characters in all texts that its schedules give, got ${length}`;
  const extreme = [
    ...parts.map(({ weight, schedule }) => ({ weight, text: schedule[0]!.text })).filter(isExtreme),
    ...texts.flatMap((text) => extremeWeight(text, reading.style) ?? []),
  ][0];
  if (!extreme) return undefined;
  const found = `${extreme.weight} for "${extreme.text.slice(0, SHOWN_LENGTH)}"`;
  return `${name} must have weights from -${MAX_PROMPT_WEIGHT} to ${MAX_PROMPT_WEIGHT}, got ${found}`;
}

const isExtreme = ({ weight }: { readonly weight: number }): boolean =>
  !(Math.abs(weight) <= MAX_PROMPT_WEIGHT);
