import type { Texts } from '../texts/index.ts';
import type { TileJob } from './jobs.ts';

/** Longest name of a picture: screen readers read all of it, tooltips show all of it. */
const MOST = 200;

/** The name of a picture: its prompt, shortened. */
export function promptWords({ input: { prompt } }: Pick<TileJob, 'input'>, { strip }: Texts): string {
  if (prompt === '') return strip.noWords;
  return prompt.length > MOST ? `${prompt.slice(0, MOST).trimEnd()}…` : prompt;
}
