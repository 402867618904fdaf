import type { Texts } from '../texts/index.ts';
import type { TileJob } from './jobs.ts';

/** Most characters of a prompt that name its picture: a screen reader reads them all, a tooltip shows them all. */
const MOST = 200;

/** What a picture is called: its prompt, or as much of it as suits a name. */
export function promptWords({ input: { prompt } }: Pick<TileJob, 'input'>, { strip }: Texts): string {
  if (prompt === '') return strip.noWords;
  return prompt.length > MOST ? `${prompt.slice(0, MOST).trimEnd()}…` : prompt;
}
