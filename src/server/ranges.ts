import {
  getOperationAST,
  GraphQLError,
  Kind,
  TypeInfo,
  ValidationContext,
  visit,
  visitWithTypeInfo,
  type ArgumentNode,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type ValueNode,
} from 'graphql';
import type { Variables } from './documents.ts';

/** An argument of an operation whose numbers have bounds. */
interface BoundedArgument {
  readonly node: ArgumentNode;
  /** Where it stands in the schema: `Image.url`. */
  readonly field: string;
  readonly range: readonly [least: number, most: number];
  /** What its variable is by default. */
  readonly byDefault: ValueNode | undefined;
}

/** What an operation is to execution. */
export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables: Variables | undefined;
}

const known = new WeakMap<OperationDefinitionNode, readonly BoundedArgument[]>();

/**
 * An error for each argument of a valid operation that is out of the range which its `extensions` in the schema give. They
 * are found before anything runs: in a field that is not null such an argument would take all that is above it away, and a
 * mutation would have been done already.
 */
export function outOfRange({ schema, document, operationName, variables }: Operation): GraphQLError[] {
  const operation = getOperationAST(document, operationName);
  if (!operation) return [];
  const bounded = known.get(operation) ?? boundedArguments(schema, document, operation);
  known.set(operation, bounded);
  return bounded.flatMap((argument) => {
    const { node, field, range } = argument;
    const [least, most] = range;
    const value = numberOf(argument, variables);
    if (value === undefined || (value >= least && value <= most)) return [];
    const name = node.name.value;
    const message = `${field}: ${name} must be from ${least} to ${most}, got ${value}`;
    const extensions = { code: 'INVALID_VALUE', field: [name], http: { status: 400, spec: true } };
    return [new GraphQLError(message, { nodes: [node], extensions })];
  });
}

/** Those of the operation and of the fragments that it uses. */
function boundedArguments(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): BoundedArgument[] {
  const types = new TypeInfo(schema);
  const context = new ValidationContext(schema, document, types, () => undefined);
  const bounded: BoundedArgument[] = [];
  const collect = visitWithTypeInfo(types, {
    Argument: (node) => {
      const range = types.getArgument()?.extensions['range'];
      if (!range) return;
      const field = `${types.getParentType()?.name ?? ''}.${types.getFieldDef()?.name ?? ''}`;
      const byDefault = operation.variableDefinitions?.find(
        ({ variable }) => node.value.kind === Kind.VARIABLE && variable.name.value === node.value.name.value,
      )?.defaultValue;
      bounded.push({ node, field, range: range as BoundedArgument['range'], byDefault });
    },
  });
  const parts = [operation, ...context.getRecursivelyReferencedFragments(operation)];
  for (const part of parts) visit(part, collect);
  return bounded;
}

/** The number that an argument is given; undefined where there is none. */
function numberOf(
  { node, byDefault }: BoundedArgument,
  variables: Variables | undefined,
): number | undefined {
  const literal = (value: ValueNode | undefined) =>
    value?.kind === Kind.INT ? Number(value.value) : undefined;
  if (node.value.kind !== Kind.VARIABLE) return literal(node.value);
  const { value: name } = node.value.name;
  const given = variables && Object.hasOwn(variables, name) ? variables[name] : literal(byDefault);
  return typeof given === 'number' ? given : undefined;
}
