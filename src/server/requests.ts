import { isAscii, isUtf8 } from 'node:buffer';
import { GraphQLError } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { notUnicode, parseJson, refusal } from './json.ts';
import { parseMultipart } from './multipart.ts';

type Parser = (request: Request) => Promise<unknown>;

/** Parsers of the body of a POST, by content type. */
const PARSERS: ReadonlyMap<string, Parser> = new Map<string, Parser>([
  ['application/json', async (request) => parseJson(await textOf(request), 'The body')],
  ['application/graphql+json', async (request) => parseJson(await textOf(request), 'The body')],
  ['application/graphql', async (request) => ({ query: await textOf(request) })],
  ['application/x-www-form-urlencoded', async (request) => fromFields(await textOf(request), 'The body')],
  ['multipart/form-data', parseMultipart],
]);

/** Replaces Yoga's parsers: media types in any case, JSON within bounds, strict uploads. */
export const readOperations = (): Plugin => ({
  onRequestParse({ request, setRequestParser }) {
    const encoding = request.headers.get('content-encoding') ?? 'identity';
    if (request.method === 'GET') {
      setRequestParser(
        (get) => fromFields(new URL(get.url).search.slice(1), 'The query string') as GraphQLParams,
      );
    } else if (request.method === 'POST') {
      const type = mediaType(request.headers.get('content-type') ?? '');
      const parse = PARSERS.get(type);
      if (!parse) throw unsupported(type);
      if (encoding.trim().toLowerCase() !== 'identity') throw encoded(encoding);
      setRequestParser(async (post) => mustBeGiven(await parse(post)));
    }
  },
});

const mediaType = (contentType: string): string => contentType.split(/[;,]/)[0]!.trim().toLowerCase();

function unsupported(type: string): GraphQLError {
  const accepted = [...PARSERS.keys()].join(', ');
  const came = type === '' ? 'none' : JSON.stringify(type);
  return refusal(415, 'UNSUPPORTED_MEDIA_TYPE', `The Content-Type must be one of ${accepted}; got ${came}`);
}

const encoded = (encoding: string): GraphQLError =>
  refusal(
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    `The body must not be encoded; got "Content-Encoding: ${encoding}"`,
    {
      'Accept-Encoding': 'identity',
    },
  );

/** Yoga itself reports every other value that is not an operation. */
function mustBeGiven(params: unknown): GraphQLParams {
  if (params === null)
    throw refusal(400, 'BAD_REQUEST', 'The body must be an object with the query, got null');
  return params as GraphQLParams;
}

/**
 * A body, which must be UTF-8 (RFC 8259, 8.1): of another encoding, every foreign letter of a prompt would become U+FFFD. Without
 * the byte order mark that some editors and tools add.
 */
async function textOf(request: Request): Promise<string> {
  const bytes = await bytesOf(request);
  const [, charset = 'utf-8'] =
    /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(request.headers.get('content-type') ?? '') ?? [];
  if (!isAscii(bytes) && !/^utf-?8$/i.test(charset)) {
    const message = `The body must be UTF-8; got "charset=${charset}" in the Content-Type`;
    throw refusal(415, 'UNSUPPORTED_MEDIA_TYPE', message);
  }
  if (!isUtf8(bytes)) throw notUnicode('The body');
  return new TextDecoder().decode(bytes);
}

async function bytesOf(request: Request): Promise<Uint8Array> {
  try {
    return new Uint8Array(await request.arrayBuffer());
  } catch (error) {
    if (!(error instanceof Error) || error instanceof GraphQLError || error.name === 'AbortError')
      throw error;
    throw refusal(400, 'BAD_REQUEST', `The body cannot be read: ${error.message}`);
  }
}

/** Whether the bytes that a text has in percent-encoding are UTF-8: URLSearchParams puts U+FFFD in place of others. */
const isEncodedUtf8 = (encoded: string): boolean =>
  (encoded.match(/(?:%[0-9a-f]{2})+/gi) ?? []).every((run) =>
    isUtf8(Buffer.from(run.replaceAll('%', ''), 'hex')),
  );

/** An operation from a query string or a form, with the field names of the GraphQL over HTTP specification. */
function fromFields(encoded: string, name: string): object {
  const fields = new URLSearchParams(encoded);
  if (!isEncodedUtf8(encoded)) throw notUnicode(name);
  const json = (name: string) => {
    const text = fields.get(name);
    return text ? parseJson(text, name) : null;
  };
  const named = fields.get('operationName');
  return {
    query: fields.get('query'),
    operationName: named === '' ? null : named, // forms send empty fields
    variables: json('variables'),
    extensions: json('extensions'),
  };
}
