import {
  getOperationAST,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type ASTVisitor,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { refusal } from './json.ts';
import { MAX_DOCUMENT_DEPTH, MAX_DOCUMENT_LENGTH, MAX_NAME_LENGTH } from './limits.ts';
import { outOfRange } from './ranges.ts';
import { misplacedFiles } from './uploads.ts';

/** The variables that came with an operation, by name. */
export type Variables = Readonly<Record<string, unknown>>;

/** The fields of an operation that select its document, on any transport. */
export interface NamedDocument {
  readonly query?: string | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Throws GraphQLError for a document that is too long, or nested too deeply, to parse. */
export function checkSize(document: string): void {
  if (document.length > MAX_DOCUMENT_LENGTH) {
    throw refusal(
      413,
      'DOCUMENT_TOO_LARGE',
      `A document may have at most ${MAX_DOCUMENT_LENGTH} characters, got ${document.length}; give values as variables`,
    );
  }
  if (depthOf(document) > MAX_DOCUMENT_DEPTH) {
    throw refusal(400, 'TOO_DEEP', `A document may nest brackets at most ${MAX_DOCUMENT_DEPTH} levels deep`);
  }
}

/** A text, a comment or a bracket of a document. */
const NESTING = /"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n\r])*"|#[^\n\r]*|[[({]|[\])}]/g;

/** How deep brackets are nested: parsers and rules call themselves once a level. */
function depthOf(document: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of document.matchAll(NESTING)) {
    if ('[({'.includes(token)) deepest = Math.max(deepest, ++depth);
    else if ('])}'.includes(token)) depth--;
  }
  return deepest;
}

/** The variables that an operation declares; others would stay in memory as long as the operation. */
export function declaredVariables(
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Variables | null | undefined,
): Record<string, unknown> | undefined {
  const declared = getOperationAST(document, operationName)?.variableDefinitions;
  if (!variables || !declared) return undefined;
  const names = declared.map(({ variable }) => variable.name.value);
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]]),
  );
}

/** The part of Yoga's context that is read here. */
interface Yoga {
  params: GraphQLParams;
}

/** The rules for every document on every transport; only its size is checked before it is parsed. */
export const checkDocuments = (): Plugin<Yoga> => ({
  onParams({ params }) {
    if (typeof params.query === 'string') checkSize(params.query);
    else refusePersisted(params);
  },
  onValidate({ addValidationRule }) {
    addValidationRule(shortNames);
    addValidationRule(wholeSubscriptionRoot);
  },
  onExecute: prepare,
  onSubscribe: prepare,
});

/** Throws GraphQLError for an operation with a hash instead of a document, where persisted documents are not supported. */
export function refusePersisted({ query, extensions }: NamedDocument): void {
  if (query || typeof extensions !== 'object' || !('persistedQuery' in (extensions ?? {}))) return;
  // Apollo's clients look for exactly this text, and then send the document itself.
  throw refusal(200, 'PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
}

/** The arguments of an execution that are read here. */
interface PreparedArgs {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  variableValues?: unknown;
  readonly contextValue: Yoga;
}

/** Applies to every operation over HTTP once its document is valid. */
function prepare({
  args,
  setResultAndStopExecution,
}: {
  readonly args: PreparedArgs;
  readonly setResultAndStopExecution: (result: ExecutionResult) => void;
}): void {
  dropUndeclared(args);
  const operation = { ...args, variables: args.variableValues as Variables | undefined };
  const errors = [...misplacedFiles(operation), ...outOfRange(operation)];
  if (errors.length > 0) setResultAndStopExecution({ errors });
}

/** Drops the parameters of a request, which Yoga's context would keep as long as the operation runs. */
function dropUndeclared(args: PreparedArgs): void {
  const declared = declaredVariables(args.document, args.operationName, args.variableValues as Variables);
  args.variableValues = declared;
  args.contextValue.params.variables = declared ?? {};
}

/** Answers repeat names: one of 90 kB would come back with every job of a page. */
const shortNames = (context: ValidationContext): ASTVisitor => ({
  Name(node) {
    if (node.value.length <= MAX_NAME_LENGTH) return;
    const message = `A name may have at most ${MAX_NAME_LENGTH} characters, got ${node.value.length}`;
    context.reportError(new GraphQLError(message, { nodes: [node] }));
  },
});

/** GraphQL, September 2025, 5.2.4.1: the root field of a subscription must not have @skip or @include. */
const wholeSubscriptionRoot = (context: ValidationContext): ASTVisitor => ({
  OperationDefinition(node) {
    if (node.operation === OperationTypeNode.SUBSCRIPTION)
      reportConditions(context, node.selectionSet, new Set());
  },
});

function reportConditions(context: ValidationContext, root: SelectionSetNode, seen: Set<string>): void {
  for (const selection of root.selections) {
    for (const directive of selection.directives ?? []) {
      const { value: name } = directive.name;
      if (name !== 'skip' && name !== 'include') continue;
      const message = `@${name} cannot be used at the root of a subscription`;
      context.reportError(new GraphQLError(message, { nodes: [directive] }));
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) reportConditions(context, selection.selectionSet, seen);
    if (selection.kind !== Kind.FRAGMENT_SPREAD || seen.has(selection.name.value)) continue;
    seen.add(selection.name.value);
    const fragment = context.getFragment(selection.name.value);
    if (fragment) reportConditions(context, fragment.selectionSet, seen);
  }
}
