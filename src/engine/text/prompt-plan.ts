import { splitParts } from './a1111/parts.ts';
import { scheduleOf, type ScheduledRun, type ScheduledText } from './a1111/schedule.ts';

/** The prompt syntax. */
export type PromptStyle = 'COMFY' | 'A1111';

/** A part of a prompt with its own guidance, and its alternating texts. */
export interface PlannedPart {
  /** Share of the guidance scale. */
  readonly weight: number;
  readonly schedule: readonly ScheduledText[];
}

/** The plan of a prompt with a single text. */
export const plainPlan = (text: string): PlannedPart[] => [{ weight: 1, schedule: [{ end: 1, text }] }];

/** Whether a prompt has a single part of weight 1, so that only the guidance scale applies. */
export const isWhole = ([first, ...others]: readonly Pick<PlannedPart, 'weight'>[]): boolean =>
  others.length === 0 && first?.weight === 1;

/** How a prompt is interpreted. */
export interface PromptReading {
  readonly style: PromptStyle;
  /** Negative prompts are never split into parts. */
  readonly isNegative: boolean;
  readonly run: ScheduledRun;
}

/** The parts of a prompt over a run; at least one. ComfyUI's syntax has neither parts nor schedules. */
export function planPrompt(prompt: string, { style, isNegative, run }: PromptReading): PlannedPart[] {
  if (style === 'COMFY') return plainPlan(prompt);
  const parts = isNegative ? [{ text: prompt, weight: 1 }] : splitParts(prompt);
  return parts.map(({ text, weight }) => ({ weight, schedule: scheduleOf(text, run) }));
}

/** Number of parts of a prompt. */
export const partsOf = (prompt: string, style: PromptStyle): number =>
  style === 'COMFY' ? 1 : splitParts(prompt).length;

/** The distinct texts of a prompt's parts. */
export const textsOf = (parts: readonly PlannedPart[]): string[] => [
  ...new Set(parts.flatMap(({ schedule }) => schedule.map(({ text }) => text))),
];
