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

/** Levels of objects that are selected below a root field. */
const DEPTH = 2;

/** Every root field of a schema; one that takes ids once for each of these arguments. */
export function attemptsOn(schema: GraphQLSchema): Attempt[] {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ] as const;
  return roots.flatMap(([kind, type]) =>
    Object.values(type?.getFields() ?? {}).flatMap((field) => {
      const takers = field.args.filter((argument) => getNamedType(argument.type).name === 'ID');
      const names = takers.length > 0 ? takers.map(({ name }) => name) : [undefined];
      return names.map((argument) => ({
        kind,
        field: field.name,
        argument,
        document: (id: string) =>
          `${kind} ${fileOf(field)}{ ${callOf(field, argument, id)} ${selectionOf(field.type, DEPTH)} }`,
      }));
    }),
  );
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
