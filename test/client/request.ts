import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print, type ExecutionResult } from 'graphql';
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';

/** The document and variables of an operation, as they travel. */
const body = (document: TypedDocumentNode<unknown, never>, variables: unknown) => ({
  query: print(document),
  variables,
});

/** Sends an operation over HTTP as JSON; the answer with its status. */
export async function post<Result, Variables>(
  url: string,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
  headers: Record<string, string> = {},
): Promise<ExecutionResult<Result> & { status: number }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body(document, variables)),
  });
  return { ...((await response.json()) as ExecutionResult<Result>), status: response.status };
}

/** The data of an operation that must go well. */
export async function ask<Result, Variables>(
  url: string,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const { data, errors } = await post(url, document, variables);
  if (!data || errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** Sends an operation as a GraphQL multipart request, with the file among its variables as a part. */
export function send(
  url: string,
  query: string,
  { file, ...variables }: { readonly file: Blob },
  key?: string,
): Promise<Response> {
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, variables: { ...variables, file: null } }));
  form.set('map', JSON.stringify({ 0: ['variables.file'] }));
  form.set('0', file, 'picture');
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'x-graphql-yoga-csrf': 'test', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
    body: form,
  });
}

/** A GraphQL multipart request: every Blob among the fields of `variables.input` becomes a part. */
export async function upload<Result>(
  url: string,
  document: TypedDocumentNode<Result, { input: { image: Blob } }>,
  { input: { image, ...input } }: { input: { image: Blob } },
): Promise<ExecutionResult<Result>> {
  const form = new FormData();
  form.set('operations', JSON.stringify(body(document, { input: { ...input, image: null } })));
  form.set('map', JSON.stringify({ 0: ['variables.input.image'] }));
  form.set('0', image, 'picture');
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'x-graphql-yoga-csrf': 'test' },
    body: form,
  });
  return (await response.json()) as ExecutionResult<Result>;
}

/** A graphql-ws client that tries once. */
export const connect = (
  url: string,
  connectionParams: Record<string, unknown> = {},
  webSocketImpl: typeof WebSocket = WebSocket,
): Client =>
  createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl,
    connectionParams,
    retryAttempts: 0,
    lazyCloseTimeout: 0,
  });

/** A subscription's results. */
export const subscribe = <Result, Variables extends Record<string, unknown>>(
  client: Client,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): AsyncIterableIterator<ExecutionResult<Result>> =>
  client.iterate<Result>({ query: print(document), variables }) as AsyncIterableIterator<
    ExecutionResult<Result>
  >;

/** A subscription's results over SSE, each as soon as it has come. */
export async function* subscribeOverEvents<Result, Variables>(
  url: string,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): AsyncGenerator<ExecutionResult<Result>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(body(document, variables)),
  });
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const events = (text + chunk).split('\n\n');
    text = events.pop()!;
    for (const event of events) {
      const data = /^event: next\ndata: (.*)$/m.exec(event)?.[1];
      if (data !== undefined) yield JSON.parse(data) as ExecutionResult<Result>;
    }
  }
}
