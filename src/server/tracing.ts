import type { IncomingMessage } from 'node:http';
import { context, propagation, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { getOperationAST, type DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** The arguments of an execution that a trace records. */
interface Operation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
}

const tracer = trace.getTracer('latentql');

/**
 * Runs an operation within a span, which continues the client's trace (W3C Trace Context) and is the parent of the jobs that the
 * operation submits. The span of a subscription ends when its stream is open.
 */
export function traced<Result>(
  { document, operationName }: Operation,
  { req }: { readonly req: Pick<IncomingMessage, 'headers'> },
  run: () => Promise<Result>,
): Promise<Result> {
  const operation = getOperationAST(document, operationName);
  const type = operation?.operation ?? 'unknown';
  const attributes = {
    'graphql.operation.type': type,
    ...(operation?.name && { 'graphql.operation.name': operation.name.value }),
  };
  const parent = propagation.extract(context.active(), req.headers);
  const span = tracer.startSpan(`graphql ${type}`, { kind: SpanKind.SERVER, attributes }, parent);
  return context.with(trace.setSpan(parent, span), () => ended(span, run));
}

async function ended<Result>(span: Span, run: () => Promise<Result>): Promise<Result> {
  try {
    const result = await run();
    const { errors } = result as { errors?: readonly Error[] };
    if (errors?.[0]) span.setStatus({ code: SpanStatusCode.ERROR, message: errors[0].message });
    return result;
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
    throw error;
  } finally {
    span.end();
  }
}

/** What executes an operation, or opens a subscription. */
type Run = (args: unknown) => Promise<unknown>;

/** Traces operations over HTTP. */
export const traceOperations = (): Plugin => {
  const within =
    (run: Run): Run =>
    (args) =>
      traced(args as Operation, (args as { contextValue: { req: IncomingMessage } }).contextValue, async () =>
        run(args),
      );
  return {
    onExecute: ({ executeFn, setExecuteFn }) => {
      setExecuteFn(within(executeFn as Run));
    },
    onSubscribe: ({ subscribeFn, setSubscribeFn }) => {
      setSubscribeFn(within(subscribeFn as Run));
    },
  };
};
