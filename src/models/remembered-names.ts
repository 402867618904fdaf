import { readFile } from 'node:fs/promises';
import { ConfigError } from '../config.ts';
import { replaceFile } from '../storage/replace-file.ts';
import type { ModelEntry } from './catalog.ts';

/** Stored names of files, from a JSON file; empty if it is missing. Throws ConfigError if it is damaged. */
export async function readNames(path: string): Promise<ModelEntry[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const names = parse(text);
  if (names) return names;
  throw new ConfigError(
    `${path}: expected a JSON object of model names and their files: restore it, or delete it to have the models named again`,
  );
}

function parse(text: string): ModelEntry[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const entries = Object.entries(value).map(([name, file]: [string, unknown]) => ({ name, file }));
    return entries.every((entry): entry is ModelEntry => typeof entry.file === 'string')
      ? entries
      : undefined;
  } catch {
    return undefined;
  }
}

/** Adds the current names to the stored ones, and writes the file if that changes anything. */
export async function keepNames(
  path: string,
  before: readonly ModelEntry[],
  now: readonly ModelEntry[],
): Promise<void> {
  const text = (entries: readonly ModelEntry[]) =>
    `${JSON.stringify(Object.fromEntries(entries.map(({ name, file }) => [name, file])), null, 2)}\n`;
  if (text([...before, ...now]) === text(before)) return;
  await replaceFile(path, text([...before, ...now]));
}
