import { splitParts } from './a1111/parts.ts';
import { scheduleOf, type ScheduledRun, type ScheduledText } from './a1111/schedule.ts';

/** Whose prompt syntax is read. */
export const PROMPT_STYLES = ['COMFY', 'A1111'] as const;
export type PromptStyle = (typeof PROMPT_STYLES)[number];

/** A part of a prompt that guides beside the others, with the texts that take turns in it. */
export interface PlannedPart {
  /** Share of the guidance scale. */
  readonly weight: number;
  readonly schedule: readonly ScheduledText[];
}

/** How a prompt is read. */
export interface PromptReading {
  readonly style: PromptStyle;
  /** A negative prompt has one part, whatever its words. */
  readonly isNegative: boolean;
  readonly run: ScheduledRun;
}

/** The parts of a prompt over a run; at least one. ComfyUI's syntax knows neither parts nor schedules. */
export function planPrompt(prompt: string, { style, isNegative, run }: PromptReading): PlannedPart[] {
  if (style === 'COMFY') return [{ weight: 1, schedule: [{ end: run.steps, text: prompt }] }];
  const parts = isNegative ? [{ text: prompt, weight: 1 }] : splitParts(prompt);
  return parts.map(({ text, weight }) => ({ weight, schedule: scheduleOf(text, run) }));
}

/** The different texts of a prompt's parts. */
export const textsOf = (parts: readonly PlannedPart[]): string[] => [
  ...new Set(parts.flatMap(({ schedule }) => schedule.map(({ text }) => text))),
];
