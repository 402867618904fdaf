import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeRgba } from '../../../src/images/rgba.ts';
import { readSettings } from '../../../src/images/settings/read-settings.ts';
import { faultsOf, readCases, unsaid } from './cases.ts';

/** Another folder of the same form: SETTINGS_CASES=<folder> npx vitest run test/images/settings. */
const FOLDER = process.env['SETTINGS_CASES'] ?? 'test/golden/metadata';
const cases = await readCases(FOLDER);

describe('readSettings', () => {
  it.each(cases.map((entry) => [entry.file, entry] as const))(
    'restores what %s states and nothing else',
    async (file, entry) => {
      const reading = await readSettings(await readFile(join(FOLDER, file)), decodeRgba);
      expect(faultsOf(entry, reading)).toEqual([]);
      expect(unsaid(entry, reading)).toEqual([]);
    },
  );
});
