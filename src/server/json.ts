import { GraphQLError } from 'graphql';
import type { ErrorCode } from '../error-code.ts';
import { MAX_JSON_DEPTH, MAX_JSON_VALUES } from './limits.ts';

/** The refusal of a request, with its code, its HTTP status and, where the answer needs them, headers. */
export const refusal = (
  status: number,
  code: ErrorCode,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): GraphQLError => new GraphQLError(message, { extensions: { code, http: { status, headers } } });

/** The refusal of text in another encoding. */
export const notUnicode = (name: string): GraphQLError =>
  refusal(400, 'BAD_REQUEST', `${name} is not valid UTF-8: encode it so`);

/** Parses JSON from a client within the bounds of `checkJson`; errors call it `name`. Throws GraphQLError. */
export function parseJson(text: string, name: string): unknown {
  checkJson(text, name);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refusal(400, 'BAD_REQUEST', `${name} is not valid JSON: ${(error as SyntaxError).message}`);
  }
}

/** Throws GraphQLError for JSON that is nested deeper or has more values than any request needs, without parsing it. */
export function checkJson(text: string, name: string): void {
  const { depth, values } = measure(text);
  if (depth > MAX_JSON_DEPTH) {
    throw refusal(400, 'TOO_DEEP', `${name} may be nested at most ${MAX_JSON_DEPTH} levels deep`);
  }
  if (values > MAX_JSON_VALUES) {
    throw refusal(
      400,
      'TOO_MANY_VALUES',
      `${name} may have at most ${MAX_JSON_VALUES} keys and list entries`,
    );
  }
}

/** The nesting depth of a JSON text and the number of its keys and list entries; stops when one exceeds its bound. */
function measure(text: string): { readonly depth: number; readonly values: number } {
  let depth = 0;
  let deepest = 0;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    switch (text.charAt(at)) {
      case '"':
        at = stringEnd(text, at);
        break;
      case '{':
      case '[':
        depth++;
        deepest = Math.max(deepest, depth);
        break;
      case '}':
      case ']':
        depth--;
        break;
      case ',':
        values++;
        break;
    }
    if (deepest > MAX_JSON_DEPTH || values > MAX_JSON_VALUES) break;
  }
  return { depth: deepest, values };
}

/** The end of the string that begins at `start`, found by search: a picture may be a string of 28 MB. */
function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
