import { posix } from 'node:path';
import type { PromptStyle } from '../engine/index.ts';
import { decodeRgba } from '../images/rgba.ts';
import { readSettings, type ReadSettings } from '../images/settings/read-settings.ts';
export type { PictureControl } from '../images/settings/controls.ts';
export type { PictureRefiner } from '../images/settings/refiner.ts';
export type { PictureLora, PictureMask, PictureUpscale } from '../images/settings/picture-settings.ts';
import { InputError } from '../input-error.ts';
import type { ModelEntry } from '../models/catalog.ts';
import { withGivenBytes } from '../sources/take-source.ts';
import type { Services } from './services.ts';

/** The settings in a picture, and the model of this server that they name. */
export interface SettingsOf extends ReadSettings {
  readonly installedModel: string | null;
}

/**
 * Reads the settings of an uploaded picture or of one at a URL; nothing is stored. `ownUrls` are the base URLs of this server.
 * Throws InputError if there is no picture, or it cannot be fetched or read.
 */
export async function settingsOf(
  given: { readonly image?: Blob | null | undefined; readonly imageUrl?: string | null | undefined },
  { objects, config, models }: Pick<Services, 'objects' | 'config' | 'models'>,
  ownUrls: readonly string[],
): Promise<SettingsOf> {
  try {
    const isUrl = (given.imageUrl ?? '').trim() !== '';
    if (Boolean(given.image) === isUrl) {
      const found = isUrl ? 'both' : 'neither';
      throw new InputError('INVALID_VALUE', ['image'], `expected image or imageUrl, got ${found}`);
    }
    const options = { ownUrls, ...config };
    const reading = await withGivenBytes(given, objects, options, (bytes) => readSettings(bytes, decodeRgba));
    if (!reading) throw new InputError('INVALID_VALUE', ['image'], 'expected image or imageUrl, got neither');
    return { ...reading, installedModel: entryNamed(reading.settings.model, models.entries) };
  } catch (error) {
    throw error instanceof InputError ? withoutInput(error) : error;
  }
}

/** Programs whose prompts use A1111's syntax. */
const A1111_TOOLS: ReadonlySet<string> = new Set(['A1111', 'Forge']);

/** The syntax of a picture's prompts; null if the program is unknown or has its own syntax. */
export const promptStyleOf = ({
  tool,
  settings,
}: Pick<ReadSettings, 'tool' | 'settings'>): PromptStyle | null =>
  settings.promptStyle ?? (tool !== null && A1111_TOOLS.has(tool) ? 'A1111' : null);

/** The only entry with this name or file name. */
function entryNamed(name: string | undefined, entries: readonly ModelEntry[]): string | null {
  const named = entries.filter((entry) => entry.name === name || posix.parse(entry.file).name === name);
  return named.length === 1 ? named[0]!.name : null;
}

/** Errors on the field of an input as errors on the argument. */
const withoutInput = ({ code, field, message }: InputError): InputError =>
  new InputError(
    code,
    field.filter((part) => part !== 'input'),
    message,
  );
