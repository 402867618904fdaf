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

/** An argument of an operation whose numbers have bounds. */
interface BoundedArgument {
  readonly node: ArgumentNode;
  /** Its place in the schema: `Image.url`. */
  readonly field: string;
  readonly bounds: Bounds;
  /** The default value of its variable. */
  readonly byDefault: ValueNode | undefined;
}

/** The bounds of an argument, from its `extensions` in the schema. */
interface Bounds {
  readonly range?: readonly [least: number, most: number];
  readonly oneOf?: readonly number[];
}

/** The expected range, for an error; undefined if a value is within the bounds. */
function expectedInstead(value: number, { range, oneOf }: Bounds): string | undefined {
  if (range && !(value >= range[0] && value <= range[1])) return `from ${range[0]} to ${range[1]}`;
  return oneOf && !oneOf.includes(value) ? `one of ${oneOf.join(', ')}` : undefined;
}

type Variables = Readonly<Record<string, unknown>>;

/** The arguments of an execution that are read here. */
export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables: Variables | undefined;
}

const known = new WeakMap<OperationDefinitionNode, readonly BoundedArgument[]>();

/**
 * An error for each argument of a valid operation outside the bounds that its `extensions` in the schema give. Checked before
 * anything runs: in a non-null field such an error would remove the parent from the answer, after a mutation was executed.
 */
export function outOfRange({ schema, document, operationName, variables }: Operation): GraphQLError[] {
  const operation = getOperationAST(document, operationName);
  if (!operation) return [];
  const bounded = known.get(operation) ?? boundedArguments(schema, document, operation);
  known.set(operation, bounded);
  return bounded.flatMap((argument) => {
    const { node, field, bounds } = argument;
    const value = numberOf(argument, variables);
    const expected = value === undefined ? undefined : expectedInstead(value, bounds);
    if (expected === undefined) return [];
    const name = node.name.value;
    const message = `${field}: ${name} must be ${expected}, got ${value}`;
    const extensions = { code: 'INVALID_VALUE', field: [name], http: { status: 400, spec: true } };
    return [new GraphQLError(message, { nodes: [node], extensions })];
  });
}

/** The selections of the operation and of the fragments that it uses. */
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
      const bounds: Bounds = types.getArgument()?.extensions ?? {};
      if (!bounds.range && !bounds.oneOf) return;
      const field = `${types.getParentType()?.name ?? ''}.${types.getFieldDef()?.name ?? ''}`;
      const byDefault = operation.variableDefinitions?.find(
        ({ variable }) => node.value.kind === Kind.VARIABLE && variable.name.value === node.value.name.value,
      )?.defaultValue;
      bounded.push({ node, field, bounds, byDefault });
    },
  });
  const parts = [operation, ...context.getRecursivelyReferencedFragments(operation)];
  for (const part of parts) visit(part, collect);
  return bounded;
}

/** The value of a numeric argument; undefined if it is absent. */
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
