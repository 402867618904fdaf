import { splitParts } from './a1111/parts.ts';
import { scheduleOf, type ScheduledRun, type ScheduledText } from './a1111/schedule.ts';

/** Whose prompt syntax is read. */
export type PromptStyle = 'COMFY' | 'A1111';

/** A part of a prompt that guides beside the others, with the texts that take turns in it. */
export interface PlannedPart {
  /** Share of the guidance scale. */
  readonly weight: number;
  readonly schedule: readonly ScheduledText[];
}

/** A prompt of one text. */
export const plainPlan = (text: string): PlannedPart[] => [{ weight: 1, schedule: [{ end: 1, text }] }];

/** Whether a prompt guides as a whole: its weight is then the guidance scale alone. */
export const isWhole = ([first, ...others]: readonly Pick<PlannedPart, 'weight'>[]): boolean =>
  others.length === 0 && first?.weight === 1;

/** How a prompt is read. */
export interface PromptReading {
  readonly style: PromptStyle;
  /** A negative prompt has one part, whatever its words. */
  readonly isNegative: boolean;
  readonly run: ScheduledRun;
}

/** The parts of a prompt over a run; at least one. ComfyUI's syntax knows neither parts nor schedules. */
export function planPrompt(prompt: string, { style, isNegative, run }: PromptReading): PlannedPart[] {
  if (style === 'COMFY') return plainPlan(prompt);
  const parts = isNegative ? [{ text: prompt, weight: 1 }] : splitParts(prompt);
  return parts.map(({ text, weight }) => ({ weight, schedule: scheduleOf(text, run) }));
}

/** How many parts of a prompt guide side by side. */
export const partsOf = (prompt: string, style: PromptStyle): number =>
  style === 'COMFY' ? 1 : splitParts(prompt).length;

/** The different texts of a prompt's parts. */
export const textsOf = (parts: readonly PlannedPart[]): string[] => [
  ...new Set(parts.flatMap(({ schedule }) => schedule.map(({ text }) => text))),
];
