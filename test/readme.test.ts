import { readdir, readFile } from 'node:fs/promises';
import { isInputObjectType, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { SETTINGS } from '../src/config.ts';
import { SAMPLER_NAMES, SCHEDULER_NAMES } from '../src/engine/index.ts';
import { KNOWN_MODELS } from '../src/models/names.ts';
import { IMG2IMG_DEFAULTS, IMG2IMG_LIMITS } from '../src/resolvers/img2img-fields.ts';
import { buildSchema } from '../src/schema/index.ts';

const readme = await readFile('README.md', 'utf8');
const api = await readFile('docs/api.md', 'utf8');
const configuration = await readFile('docs/configuration.md', 'utf8');
const schema = buildSchema(KNOWN_MODELS);

/** Every page for users that shows an operation. */
async function readPages(): Promise<[name: string, text: string][]> {
  const names = (await readdir('docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
  const pages = await Promise.all(
    ['README.md', ...names].map(async (name): Promise<[string, string]> => [
      name,
      await readFile(name, 'utf8'),
    ]),
  );
  return pages.filter(([, text]) => text.includes('```graphql'));
}

/** The cells of every table row whose first cell is a name in backquotes, by that name. */
const rows = new Map(
  Array.from(`${readme}${api}`.matchAll(/^\|\s*`([^|]+)`[^|]*\|(.*)\|$/gm), ([, names, cells]) =>
    names!.split('`, `').map((name) => [name, cells!.split('|').map((cell) => cell.trim())] as const),
  ).flat(),
);

test('docs/configuration.md lists every setting, and no other', () => {
  const listed = Array.from(configuration.matchAll(/^\| `([A-Z_]+)`/gm), ([, name]) => name);
  expect(listed.toSorted()).toEqual(SETTINGS.toSorted());
});

test.each(await readPages())('%s shows operations that the schema takes as they are pasted', (_, page) => {
  for (const [, text] of page.matchAll(/^```graphql\n(.*?)^```$/gms))
    expect([text, validate(schema, parse(text!))]).toEqual([text, []]);
});

describe('README and docs/api.md', () => {
  test('list every field of Img2ImgInput with its default and its range', () => {
    const input = schema.getType('Img2ImgInput');
    const fields = isInputObjectType(input) ? Object.keys(input.getFields()) : [];
    expect(fields.filter((field) => !rows.has(field))).toEqual([]);
    for (const [field, value] of Object.entries(IMG2IMG_DEFAULTS)) {
      const isText = field.endsWith('rompt') || field === 'imageUrl';
      expect([field, rows.get(field)?.[1]?.replaceAll('`', '')]).toEqual([
        field,
        isText ? `"${value}"` : String(value),
      ]);
    }
    for (const [field, range] of Object.entries(IMG2IMG_LIMITS)) {
      expect([field, rows.get(field)?.[0]]).toEqual([field, expect.stringContaining(range.join('–'))]);
    }
  });

  test('list the samplers, the schedulers and the models', () => {
    const listed = (title: string) =>
      new RegExp(`^- ${title}: ([^.]*)\\.`, 'm').exec(api)?.[1]?.match(/\w+/g);
    expect(listed('Samplers')).toEqual(SAMPLER_NAMES);
    expect(listed('Schedulers')).toEqual(SCHEDULER_NAMES);
    for (const { name, file } of KNOWN_MODELS.filter((model) => model.name !== 'starter')) {
      expect([name, rows.get(name)?.[0]]).toEqual([name, `\`${file}\``]);
    }
  });
});
