import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import {
  execute,
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { CloseCode, makeServer, type OperationResult, type Server } from 'graphql-ws';
import type { Refusals } from '../resolvers/refusals.ts';
import type { Context } from '../schema/index.ts';
import { type Access, authorizationIn } from './auth.ts';
import type { Deliveries } from './deliveries.ts';
import { checkSize, declaredVariables, refusePersisted } from './documents.ts';
import { boundErrors, maskResult, withoutHttp, type ErrorMask } from './errors.ts';
import { deliver, openUpdates, SharedAnswers, type Updates } from './fan-out.ts';
import type { GraphQLServer, Transport } from './graphql.ts';
import {
  CONNECTION_INIT_TIMEOUT,
  MAX_HELD_LENGTH,
  MAX_OPERATION_ID_LENGTH,
  MAX_OPERATIONS_PER_CONNECTION,
} from './limits.ts';
import { outOfRange } from './ranges.ts';
import { notingRefusals } from './refusals.ts';
import { send, type Extra } from './socket.ts';
import { traced } from './tracing.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

/** Collaborators of the WebSocket protocol. */
export interface ProtocolParts {
  readonly graphql: GraphQLServer;
  readonly maskError: ErrorMask;
  readonly access: Access;
  readonly refusals: Refusals;
  readonly trustedDocuments: TrustedDocuments | undefined;
}

/** The protocol, with the same limits, context and errors as over HTTP. An error ends only its own operation. */
export function createProtocol(
  { graphql, access, trustedDocuments, ...parts }: ProtocolParts,
  underWay: Deliveries,
): Server<Extra> {
  const maskError = notingRefusals(withoutHttp(parts.maskError), parts.refusals);
  const answers = new SharedAnswers(maskError);
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result | ExecutionResult> => {
    try {
      return await work();
    } catch (error) {
      return { errors: [maskError(error)] };
    }
  };
  return makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: CONNECTION_INIT_TIMEOUT,
    onConnect: ({ connectionParams, subscriptions, extra: { request, socket, acknowledge } }) => {
      Object.setPrototypeOf(subscriptions, null); // graphql-ws looks up ids in it, "constructor" among them
      const authorization = authorizationIn(connectionParams) ?? request.headers.authorization;
      if (!isAdmitted(access, authorization, request)) return false;
      const release = access.whileTaken(authorization, () => {
        socket.close(CloseCode.Forbidden, 'The API key is no longer valid');
      });
      socket.once('close', release);
      acknowledge();
      return true;
    },
    onSubscribe: async ({ subscriptions, connectionParams, extra }, id, payload) => {
      const { operationName } = payload;
      if (id.length > MAX_OPERATION_ID_LENGTH) extra.socket.close(CloseCode.BadRequest, 'The id is too long');
      if (Object.keys(subscriptions).length > MAX_OPERATIONS_PER_CONNECTION) return [tooManyOperations()];
      try {
        const authorization = authorizationIn(connectionParams);
        access.admit(authorization ?? extra.request.headers.authorization, extra.request);
        if (!trustedDocuments) refusePersisted(payload);
        const query = trustedDocuments?.documentOf(payload) ?? payload.query;
        checkSize(query);
        const enveloped = graphql.getEnveloped({ req: extra.request, authorization, params: { query } });
        // Check limits first: a context is built only for a document that may run.
        const document = enveloped.parse(query) as DocumentNode;
        const schema = enveloped.schema as GraphQLSchema;
        const errors = enveloped.validate(schema, document) as readonly GraphQLError[];
        if (errors.length > 0) return errors;
        const variables = declaredVariables(document, operationName, payload.variables);
        const outside = outOfRange({ schema, document, operationName, variables });
        if (outside.length > 0) return outside.map(maskError);
        Object.assign(payload, { query, variables }); // the message is kept as long as its operation
        if (getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION) {
          hold(extra.held, subscriptions, id, query.length + JSON.stringify(variables ?? null).length);
        }
        return {
          schema,
          document,
          operationName: operationName ?? null,
          variableValues: variables ?? null,
          contextValue: await enveloped.contextFactory(),
        };
      } catch (error) {
        return [maskError(error)];
      }
    },
    execute: (args) =>
      guarded(() =>
        traced(args, args.contextValue as Transport, async () => maskResult(await execute(args), maskError)),
      ),
    // `onOperation` turns updates into answers
    subscribe: (args) =>
      guarded(() =>
        traced(args, args.contextValue as Transport, () => openUpdates(args, maskError)),
      ) as OperationResult,
    onOperation: ({ extra: { socket } }, id, payload, args, result) => {
      if (!(Symbol.asyncIterator in result)) return undefined;
      const { baseUrl } = args.contextValue as Context;
      const asked = JSON.stringify([payload.query, payload.operationName, payload.variables, baseUrl]);
      const question = createHash('sha256').update(asked).digest('base64');
      const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
      return deliver(result as unknown as Updates, (update) =>
        underWay.add(
          answers.answer(update, question, args).then((answer) => send(socket, `${head}${answer}}`)),
        ),
      );
    },
    onError: (_connection, _id, _payload, errors) =>
      boundErrors(errors.map((error) => maskError(error))).map((error) => error.toJSON()),
  });
}

/** A wrong key counts as it does over HTTP. */
function isAdmitted(access: Access, authorization: unknown, request: IncomingMessage): boolean {
  try {
    access.enter(authorization, request);
    return true;
  } catch {
    return false;
  }
}

/** Records the size of a subscription. Throws GraphQLError if the open ones together are too large. */
function hold(held: Map<string, number>, open: object, id: string, length: number): void {
  for (const known of held.keys()) if (!Object.hasOwn(open, known)) held.delete(known);
  held.set(id, length);
  const total = [...held.values()].reduce((sum, one) => sum + one, 0);
  if (total > MAX_HELD_LENGTH) throw tooManyOperations(` with ${MAX_HELD_LENGTH} characters in all`);
}

const tooManyOperations = (andMore = '') =>
  new GraphQLError(
    `A connection may have at most ${MAX_OPERATIONS_PER_CONNECTION} operations open${andMore}`,
    {
      extensions: { code: 'TOO_MANY_OPERATIONS' },
    },
  );
