import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print, type ExecutionResult } from 'graphql';
import { createClient, type Client } from 'graphql-ws';
import { ClientError, graphqlError, userError } from './errors.ts';
import {
  CancelJobDocument,
  Img2ImgDocument,
  type Img2ImgInput,
  Img2ImgProgressDocument,
  type Img2ImgProgressSubscription,
  JobDocument,
  type ClientJobFragment,
  ModelsDocument,
  type ModelsQuery,
} from './generated/graphql.ts';
import { bodyOf } from './multipart.ts';

export { ClientError } from './errors.ts';
export type { Img2ImgInput } from './generated/graphql.ts';

/** A snapshot of a job. */
export type Job = ClientJobFragment;
/** A change of a job; each is a complete snapshot. */
export type Img2ImgEvent = Img2ImgProgressSubscription['img2imgProgress'];
/** A model of a server, installed or not. */
export type ModelInfo = ModelsQuery['models'][number];

/** Address of a server, and the API key. */
export interface LatentQLOptions {
  /** Address of the server, with its path prefix if it has one: `https://pictures.example/latentql`. */
  readonly url: string;
  /** An API key. */
  readonly key?: string | undefined;
}

/** Arguments of a submission besides the job's settings. */
export interface SubmitOptions {
  readonly priority?: number;
  /** The same request with the same key gives the same job. */
  readonly idempotencyKey?: string;
}

/**
 * A typed client for servers and browsers: queries and mutations over HTTP, progress over a WebSocket. Every method throws
 * ClientError with the server's code.
 */
export class LatentQL {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  #socket: Promise<Client> | undefined;

  constructor({ url, key }: LatentQLOptions) {
    this.#url = url.replace(/\/+$/, '').replace(/\/graphql$/, '');
    this.#headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  }

  /** Submits a job; its pictures (`image`, `mask.image`, `controls[].image`) are uploaded. Resolves once the job is stored. */
  async img2img(input: Img2ImgInput, options: SubmitOptions = {}): Promise<Job> {
    const { img2img } = await this.request(Img2ImgDocument, { input, ...options });
    return accepted(img2img);
  }

  /**
   * The changes of a job, from its current state to its end; `preview` is the size of the previews in them. Leaving the loop ends
   * the subscription.
   */
  async *watch(jobId: string, { preview }: { readonly preview?: number } = {}): AsyncGenerator<Img2ImgEvent> {
    const socket = await this.#connected();
    const variables = { jobId, size: preview ?? 256, withPreview: preview !== undefined };
    const results = socket.iterate<Img2ImgProgressSubscription>({
      query: print(Img2ImgProgressDocument),
      variables,
    });
    try {
      for await (const { data, errors } of results) {
        if (!data) throw graphqlError(errors?.[0] ?? { message: 'the server sent an event without data' });
        yield data.img2imgProgress;
      }
    } catch (error) {
      throw asClientError(error, this.#url);
    }
  }

  /** undefined if the server has no such job. */
  async job(id: string): Promise<Job | undefined> {
    return (await this.request(JobDocument, { id })).job ?? undefined;
  }

  /** Cancels a job; one that has ended is unchanged. */
  async cancel(id: string): Promise<Job> {
    return accepted((await this.request(CancelJobDocument, { id })).cancelJob);
  }

  async models(): Promise<ModelInfo[]> {
    return (await this.request(ModelsDocument, {})).models;
  }

  /** The bytes of a finished picture. */
  async download({ url }: { readonly url: string }): Promise<Uint8Array> {
    const response = await this.#fetch(url, { headers: this.#headers });
    if (!response.ok) throw new ClientError(`${url} answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Sends any typed document; every Blob among its variables is uploaded. */
  async request<Result, Variables>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
  ): Promise<Result> {
    const response = await this.#fetch(`${this.#url}/graphql`, {
      method: 'POST',
      ...bodyOf(print(document), variables, this.#headers),
    });
    const text = await response.text();
    const { data, errors } = parseResult<Result>(text, `${this.#url}/graphql`, response.status);
    if (errors?.[0]) throw graphqlError(errors[0]);
    if (!data) throw new ClientError(`${this.#url}/graphql answered ${response.status} without data`);
    return data;
  }

  /** Ends the WebSocket, if there is one. */
  async close(): Promise<void> {
    await (await this.#socket)?.dispose();
  }

  async #fetch(url: string, request: RequestInit): Promise<Response> {
    try {
      return await fetch(url, request);
    } catch (error) {
      throw asClientError(error, url);
    }
  }

  #connected(): Promise<Client> {
    return (this.#socket ??= openSocket(this.#url, this.#headers));
  }
}

async function openSocket(url: string, connectionParams: Readonly<Record<string, string>>): Promise<Client> {
  // Node has a built-in WebSocket since version 22.
  const webSocketImpl = (globalThis as { WebSocket?: unknown }).WebSocket ?? (await import('ws')).WebSocket;
  return createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl,
    connectionParams,
    shouldRetry: (reason) => ![undefined, FORBIDDEN].includes(closeCodeOf(reason)),
  });
}

/** Close code of a server that refuses the key. */
const FORBIDDEN = 4403;

/** undefined if the error is not a CloseEvent. */
function closeCodeOf(reason: unknown): number | undefined {
  const { code } = (reason ?? {}) as { code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

/** Throws ClientError if the answer is not GraphQL, such as a proxy's error page. */
function parseResult<Result>(text: string, url: string, status: number): ExecutionResult<Result> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // the same as any other text
  }
  throw new ClientError(`${url} answered ${status} without GraphQL: is it the address of a LatentQL server?`);
}

function accepted(payload: {
  readonly job?: Job | null;
  readonly userErrors: readonly Parameters<typeof userError>[0][];
}): Job {
  const [error] = payload.userErrors;
  if (error) throw userError(error);
  if (payload.job) return payload.job;
  throw new ClientError('the server answered without a job');
}

/** A transport's error as a ClientError. */
function asClientError(error: unknown, url: string): ClientError {
  if (error instanceof ClientError) return error;
  if (Array.isArray(error)) return graphqlError(error[0] as Parameters<typeof graphqlError>[0]);
  if (!(error instanceof Error)) {
    const { code, reason } = (error ?? {}) as { code?: unknown; reason?: unknown }; // a CloseEvent
    return new ClientError(`${url}: the connection ended: ${String(code)} ${String(reason)}`);
  }
  const cause = error.cause instanceof Error ? error.cause.message : error.message;
  return new ClientError(`${url} cannot be reached: ${cause}`);
}
