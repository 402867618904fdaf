import type { Waiting } from './forecast.ts';
import type { Img2ImgRequest } from './job.ts';
import { type Work, workOf } from './pace.ts';

/** A waiting job and what it asks for; `work` is missing where an older version accepted it. */
export interface WaitingWork extends Pick<Waiting, 'id' | 'urgency'> {
  readonly work?: Work;
  readonly steps: number;
}

/** What a request asks for but its model, as text. */
export const writeWork = (request: Img2ImgRequest): string => {
  const { model: _, ...work } = workOf(request);
  return JSON.stringify({ ...work, steps: request.steps });
};

/** Reads what `writeWork` wrote; nothing where an older version wrote none. */
export function readWork(model: string, json: string): Pick<WaitingWork, 'work' | 'steps'> {
  if (json === '') return { steps: 0 };
  const { steps, ...work } = JSON.parse(json) as Omit<Work, 'model'> & { steps: number };
  return { work: { model, ...work }, steps };
}

// A place is "<level><turn><id>".
const LEVEL_DIGITS = 6;
const ID_LENGTH = 36;

/** Six digits, the smaller the more urgent. */
export function levelOf(priority: number): string {
  if (Math.abs(priority) < 500_000) return String(500_000 - priority).padStart(LEVEL_DIGITS, '0');
  throw new RangeError(`priority: expected less than 500000 in either direction, got ${priority}`);
}

/** Level and id of a place: of two lines' first jobs the more urgent one, or else the older, runs first. */
export const urgencyOf = (place: string): string => place.slice(0, LEVEL_DIGITS) + place.slice(-ID_LENGTH);

/** The id in a place. */
export const idIn = (place: string): string => place.slice(-ID_LENGTH);
