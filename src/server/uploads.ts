import {
  getNamedType,
  getNullableType,
  getOperationAST,
  GraphQLError,
  isInputObjectType,
  isListType,
  typeFromAST,
  type GraphQLType,
} from 'graphql';
import type { Operation } from './ranges.ts';

/**
 * An error for each file of a multipart request that `map` puts where the schema expects anything but an Upload. Checked before
 * the variables are: their errors would show the parts of the file's object, and a JSONObject would keep them.
 */
export function misplacedFiles({ schema, document, operationName, variables }: Operation): GraphQLError[] {
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  return definitions.flatMap(({ variable: { name }, type }) => {
    const value = variables?.[name.value];
    return misplacedIn(value, typeFromAST(schema, type), `variables.${name.value}`);
  });
}

function misplacedIn(value: unknown, type: GraphQLType | undefined, path: string): GraphQLError[] {
  if (typeof value !== 'object' || value === null) return [];
  const expected = type && getNullableType(type);
  if (value instanceof Blob || isPonyfill(value)) {
    if (expected && !isListType(expected) && getNamedType(expected).name === 'Upload') return [];
    const found = type ? `which has the type ${String(type)}` : 'which the schema does not have';
    const message = `"map" puts a file at ${path}, ${found}: files belong where Upload is expected`;
    return [new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } })];
  }
  return Object.entries(value).flatMap(([key, part]) => {
    const of = isListType(expected)
      ? expected.ofType
      : isInputObjectType(expected)
        ? expected.getFields()[key]?.type
        : expected;
    return misplacedIn(part, of, `${path}.${key}`);
  });
}

/** Yoga parses forms into files of its own, which are no Blob of Node's. JSON has no functions. */
const isPonyfill = (value: object): boolean =>
  'arrayBuffer' in value && typeof value.arrayBuffer === 'function';
