import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

/** An operation on one root field, with an id in one of its arguments where there is one. */
export interface Attempt {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly field: string;
  /** The argument that takes the id; undefined for a field that takes none. */
  readonly argument: string | undefined;
  readonly document: (id: string) => string;
}

/** A value of a scalar type somewhere in the arguments of a root field, or a list of such. */
export interface Leaf {
  readonly kind: Attempt['kind'];
  readonly field: string;
  /** The argument and what leads to the value below it; `0` is the first entry of a list. */
  readonly path: readonly string[];
  /** Name of its type. */
  readonly type: string;
}

/** What goes into an input object beside what a path leads to, by the name of its type. */
export type Companions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Levels of objects that are selected below a root field. */
const DEPTH = 2;

/** Every root field of a schema; one that takes ids once for each of these arguments. */
export function attemptsOn(schema: GraphQLSchema): Attempt[] {
  return rootsOf(schema).flatMap(({ kind, field }) => {
    const takers = field.args.filter((argument) => getNamedType(argument.type).name === 'ID');
    const names = takers.length > 0 ? takers.map(({ name }) => name) : [undefined];
    return names.map((argument) => ({
      kind,
      field: field.name,
      argument,
      document: (id: string) =>
        `${kind} ${fileOf(field)}{ ${callOf(field, argument, id)} ${selectionOf(field.type, DEPTH)} }`,
    }));
  });
}

const rootsOf = (schema: GraphQLSchema) =>
  (
    [
      ['query', schema.getQueryType()],
      ['mutation', schema.getMutationType()],
      ['subscription', schema.getSubscriptionType()],
    ] as const
  ).flatMap(([kind, type]) => Object.values(type?.getFields() ?? {}).map((field) => ({ kind, field })));

/** Every scalar value that the arguments of a schema's root fields can have, files left out. */
export function leavesOf(schema: GraphQLSchema): Leaf[] {
  return rootsOf(schema).flatMap(({ kind, field }) =>
    field.args.flatMap(({ name, type }) =>
      leavesBelow(type, [name]).map((leaf) => ({ kind, field: field.name, ...leaf })),
    ),
  );
}

function leavesBelow(type: GraphQLInputType, path: readonly string[]): Pick<Leaf, 'path' | 'type'>[] {
  if (isNonNullType(type)) return leavesBelow(type.ofType, path);
  if (isListType(type)) return leavesBelow(type.ofType, [...path, '0']);
  if (isInputObjectType(type))
    return Object.values(type.getFields()).flatMap((field) => leavesBelow(field.type, [...path, field.name]));
  return isFile(type) ? [] : [{ path, type: type.name }];
}

/** An operation with a value at a leaf, or so many of it where the innermost list of its path is; it selects what went wrong. */
export function operationAt(
  schema: GraphQLSchema,
  { kind, field: name, path }: Pick<Leaf, 'kind' | 'field' | 'path'>,
  value: unknown,
  { companions = {}, times = 1, id = 'Job:x' }: { companions?: Companions; times?: number; id?: string } = {},
): { query: string; variables: Record<string, unknown> } {
  const { field } = rootsOf(schema).find((root) => root.kind === kind && root.field.name === name)!;
  const given = field.args.filter((one) => one.name === path[0] || isRequiredArgument(one));
  const lists = path.filter((step) => step === '0').length;
  const jsonOf = (type: GraphQLInputType, rest: readonly string[] | undefined, inner: number): unknown => {
    if (isNonNullType(type)) return jsonOf(type.ofType, rest, inner);
    if (isListType(type)) {
      const item = jsonOf(type.ofType, rest?.slice(1), inner - 1);
      return Array<unknown>(rest && inner === 1 ? times : 1).fill(item);
    }
    if (isInputObjectType(type)) {
      const needed = Object.values(type.getFields()).filter(isRequiredInputField);
      const led = rest?.[0] === undefined ? undefined : type.getFields()[rest[0]];
      return {
        ...Object.fromEntries(needed.map((one) => [one.name, jsonOf(one.type, undefined, inner)])),
        ...companions[type.name],
        ...(led && { [led.name]: jsonOf(led.type, rest!.slice(1), inner) }),
      };
    }
    if (rest?.length === 0) return value;
    if (isEnumType(type)) return type.getValues()[0]!.name;
    return ({ Int: 0, Float: 0, Boolean: false, String: 'x', ID: id } as Record<string, unknown>)[type.name];
  };
  const variables = given.map((one) => [
    one.name,
    jsonOf(one.type, one.name === path[0] ? path.slice(1) : undefined, lists),
  ]);
  const declared = given.map((one) => `$${one.name}: ${String(one.type)}`).join(', ');
  const passed = given.map((one) => `${one.name}: $${one.name}`).join(', ');
  return {
    query: `${kind} (${declared}) { ${name}(${passed}) ${problemsOf(field.type)} }`,
    variables: Object.fromEntries(variables) as Record<string, unknown>,
  };
}

function problemsOf(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  const hasErrors = isObjectType(named) && 'userErrors' in named.getFields();
  return hasErrors ? '{ __typename userErrors { code field message } }' : '{ __typename }';
}

const isFile = (type: GraphQLInputType): boolean => getNamedType(type).name === 'Upload';

/** The variable of a field that takes a file, which no literal can be. */
const fileOf = (field: GraphQLField<unknown, unknown>): string =>
  field.args.some((one) => isFile(one.type) && isRequiredArgument(one)) ? '($file: Upload!) ' : '';

function callOf(field: GraphQLField<unknown, unknown>, argument: string | undefined, id: string): string {
  const given = field.args.filter((one) => one.name === argument || isRequiredArgument(one));
  const values = given.map(
    (one) => `${one.name}: ${valueOf(one.type, one.name === argument ? id : undefined)}`,
  );
  return values.length > 0 ? `${field.name}(${values.join(', ')})` : field.name;
}

/** Any value of a type, as a literal; of ids the one that is given. */
function valueOf(type: GraphQLInputType, id = 'Job:x'): string {
  if (isNonNullType(type)) return valueOf(type.ofType, id);
  if (isListType(type)) return `[${valueOf(type.ofType, id)}]`;
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${required.map((field) => `${field.name}: ${valueOf(field.type, id)}`).join(', ')} }`;
  }
  if (isFile(type)) return '$file';
  if (type.name === 'Int') return '0'; // a priority that every key may give
  if (type.name === 'String') return '"x"';
  return type.name === 'ID' ? JSON.stringify(id) : '1';
}

function selectionOf(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (!isObjectType(named) && !isInterfaceType(named)) return '{ __typename }';
  const fields = Object.values(named.getFields()).filter(
    (field) => !field.args.some(isRequiredArgument) && (depth > 0 || isLeafType(getNamedType(field.type))),
  );
  return `{ __typename ${fields.map((field) => `${field.name} ${selectionOf(field.type, depth - 1)}`).join(' ')} }`;
}
