import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import { checkNodeCount, decodeGlobalId, encodeGlobalId, MAX_NODES } from '../resolvers/ids.ts';
import { DEFAULT_PAGE, MAX_PAGE } from '../resolvers/jobs.ts';
import type { Context } from './context.ts';

export interface Types {
  Context: Context;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    Seed: { Input: bigint; Output: string };
    /** Milliseconds since the epoch. */
    DateTime: { Input: number; Output: number };
    /** Only sent. */
    ByteCount: { Input: never; Output: number };
    JSONObject: { Input: Readonly<Record<string, unknown>>; Output: Readonly<Record<string, unknown>> };
    Upload: { Input: Blob; Output: never };
    _Any: {
      Input: { readonly __typename: 'Job' | 'Image' | 'ModelInfo'; readonly key: string };
      Output: never;
    };
  };
}

/** The builder of one schema: fields are non-null unless they say otherwise, object types have global ids. */
export const createBuilder = () =>
  new SchemaBuilder<Types>({
    plugins: [RelayPlugin],
    defaultFieldNullability: false,
    relay: {
      encodeGlobalID: (typename, id) => encodeGlobalId(typename, String(id)),
      decodeGlobalID: (globalId) => decodeGlobalId(globalId),
      brandLoadedObjects: false,
      nodesOnConnection: { description: 'The entries of this page without their cursors.' },
      nodesQueryOptions: {
        description: 'The objects with these ids, in the same order; null for an id that is unknown.',
        args: { ids: { description: `The \`id\` of each object; at most ${MAX_NODES}.` } },
        resolve: (_root, { ids }, _context, _info, load) => load(checkNodeCount(ids)),
      },
      nodeTypeOptions: { description: 'Anything that can be fetched again by its id.' },
      idFieldOptions: { description: 'Globally unique; give it to `node`.' },
      nodeQueryOptions: {
        description: 'The object with this id; null if the id is unknown.',
        args: { id: { description: 'The `id` of any object.' } },
      },
      pageInfoTypeOptions: { description: 'Where a page lies in its list.' },
      hasNextPageFieldOptions: { description: 'Whether there is more after this page.' },
      hasPreviousPageFieldOptions: { description: 'Whether there is more before this page.' },
      startCursorFieldOptions: { description: 'Cursor of the first entry of the page.' },
      endCursorFieldOptions: { description: 'Cursor of the last entry of the page; give it as `after`.' },
      pageInfoFieldOptions: { description: 'Where this page lies in the list.' },
      edgesFieldOptions: { description: 'The entries of this page with their cursors.' },
      cursorFieldOptions: { description: 'Place of this entry in the list.' },
      nodeFieldOptions: { description: 'The entry itself.' },
      firstArgOptions: {
        description: `How many entries from the start of the list, 1 to ${MAX_PAGE}; ${DEFAULT_PAGE} if neither \`first\` nor \`last\` is given.`,
      },
      lastArgOptions: { description: `How many entries from the end of the list, 1 to ${MAX_PAGE}.` },
      afterArgOptions: { description: 'Only entries after this cursor.' },
      beforeArgOptions: { description: 'Only entries before this cursor.' },
    },
  });

export type Builder = ReturnType<typeof createBuilder>;

/** What makes the fields of a type whose values are `Parent`s. */
export type FieldBuilder<Parent> = PothosSchemaTypes.ObjectFieldBuilder<
  Builder extends PothosSchemaTypes.SchemaBuilder<infer Schema> ? Schema : never,
  Parent
>;

/** Enum values that are spelled as they are stored, each with its description. */
export const describedValues = <Name extends string>(descriptions: Readonly<Record<Name, string>>) =>
  Object.fromEntries(
    Object.entries<string>(descriptions).map(([name, description]) => [name, { description }]),
  ) as Record<Name, { description: string }>;

/** What is asked for by each id, so that one that cannot be had is an error of its own place in the list alone. */
export const eachOnItsOwn = <Id, T>(ids: readonly Id[], load: (id: Id) => Promise<T>): Promise<T>[] =>
  ids.map((id) => {
    const loading = load(id);
    loading.catch(() => undefined); // the executor that takes it later has the error
    return loading;
  });

/** A value of an enum, or OTHER for one that a newer version wrote. */
export const orOther = <Name extends string>(known: readonly Name[], value: Name): Name | 'OTHER' =>
  known.includes(value) ? value : 'OTHER';

/** Inclusive bounds as a description tells them. */
export const range = ([least, most]: readonly [number, number]): string => `${least} to ${most}`;
