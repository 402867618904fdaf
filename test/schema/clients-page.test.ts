import { readFile } from 'node:fs/promises';
import { buildSchema, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';

const page = await readFile('docs/clients.md', 'utf8');
const schema = buildSchema(await readFile('schema.graphql', 'utf8'));
const types = Object.values(schema.getTypeMap());

/** Types for which Graphcache needs no key: those of the root, of introspection and of connections. */
const KEYLESS = /^(Query|Mutation|Subscription|__.*|PageInfo|.*(Connection|Edge))$/;

/** The block of the page's code that begins with a line. */
const block = (beginning: string): string => {
  const start = page.indexOf(beginning);
  expect(start).toBeGreaterThan(-1);
  return page.slice(start, page.indexOf('```', start));
};

describe('docs/clients.md', () => {
  test('gives Apollo the types of every interface', () => {
    const code = block('const cache = new InMemoryCache');
    for (const type of types.filter(isInterfaceType)) {
      const [, list = ''] = new RegExp(`${type.name}: \\[([^\\]]*)\\]`).exec(code) ?? [];
      const named = [...list.matchAll(/'(\w+)'/g)].map(([, name]) => name);
      expect(named.toSorted()).toEqual(
        schema
          .getPossibleTypes(type)
          .map(({ name }) => name)
          .toSorted(),
      );
    }
  });

  test('gives Graphcache a key for every type that has no id', () => {
    const code = block('const embedded');
    const named = [...code.matchAll(/^ {4}(\w+): (?:embedded|\()/gm)].map(([, name]) => name);
    const withoutId = types.filter(
      (type) => isObjectType(type) && !type.getFields()['id'] && !KEYLESS.test(type.name),
    );
    expect(named.toSorted()).toEqual(withoutId.map(({ name }) => name).toSorted());
  });

  test('pages each connection by its filters', () => {
    const code = block('const cache = new InMemoryCache');
    const paging = ['first', 'after', 'last', 'before'];
    for (const field of Object.values(schema.getQueryType()!.getFields())) {
      if (!String(field.type).includes('Connection')) continue;
      const [, list = ''] =
        new RegExp(`${field.name}: relayStylePagination\\(\\[([^\\]]*)\\]`).exec(code) ?? [];
      const named = [...list.matchAll(/'(\w+)'/g)].map(([, name]) => name);
      const filters = field.args.map(({ name }) => name).filter((name) => !paging.includes(name));
      expect(named).toEqual(filters);
    }
  });
});
