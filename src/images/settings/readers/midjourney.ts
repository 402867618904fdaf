import { Draft } from '../reading.ts';

/** Midjourney's words: a prompt with switches, no settings of diffusion. */
export function readMidjourney(description: string): Draft | undefined {
  const job = description.indexOf('Job ID:');
  if (job < 0) return undefined;
  const draft = new Draft('Midjourney');
  const [prompt = '', ...switches] = description
    .slice(0, job)
    .trim()
    .split(/\s(?=--\w)/);
  draft.prompt('prompt', prompt);
  for (const option of switches) draft.leave(option);
  return draft;
}
