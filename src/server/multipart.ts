import type { Readable } from 'node:stream';
import { notUnicode, parseJson, refusal } from './json.ts';
import { MAX_PARTS } from './limits.ts';

/** A parsed form: text fields and files. */
type Form = Awaited<ReturnType<Request['formData']>>;

/** The bytes of a request's body as they arrived; its files are parts of them, so that keeping them takes no memory. */
type Body = readonly Buffer[];

/**
 * The operation of a GraphQL multipart request with its files in place. Strict, as the specification says: every path in `map`
 * leads to a null in `operations`, every name to a file, and every file has a name in `map`. Anything else would start a job
 * without its picture. Throws GraphQLError.
 */
export async function parseMultipart(request: Request): Promise<unknown> {
  const body = bodyOf(request);
  const form = await readForm(request);
  const operations = jsonPart(form, 'operations', body);
  if (typeof operations !== 'object' || operations === null) {
    throw wrong('the part "operations" must be an object with the query and its variables');
  }
  const map = jsonPart(form, 'map', body);
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw wrong('the part "map" must be an object such as {"0": ["variables.input.image"]}');
  }
  const entries = Object.entries(map);
  for (const name of form.keys()) {
    if (name !== 'operations' && name !== 'map' && !Object.hasOwn(map, name)) {
      throw wrong(`the part ${quoted(name)} has no entry in "map"`);
    }
  }
  for (const [name, paths] of entries) {
    const file = form.get(name);
    if (file === null) throw wrong(`"map" names the part ${quoted(name)}, which the request does not have`);
    if (typeof file === 'string') throw wrong(`the part ${quoted(name)} must be a file with a filename`);
    if (!Array.isArray(paths) || paths.length === 0 || !paths.every((path) => typeof path === 'string')) {
      throw wrong(`"map" must give the part ${quoted(name)} a list of paths such as "variables.input.image"`);
    }
    for (const path of paths) place(operations, path, file, name);
  }
  return operations;
}

/** Listens to the stream behind a request's body, which the parser reads next. */
function bodyOf({ body }: Request): Body {
  const pieces: Buffer[] = [];
  const { readable } = body as unknown as { readonly readable: Readable };
  readable.on('data', (piece: Buffer) => pieces.push(piece));
  return pieces;
}

async function readForm(request: Request): Promise<Form> {
  let form: Form;
  try {
    form = await request.formData();
  } catch (error) {
    if (!(error instanceof Error) || 'extensions' in error || error.name === 'AbortError') throw error;
    throw wrong(error.message.startsWith('Field value size exceeded') ? TOO_MUCH_TEXT : error.message);
  }
  if ([...form.keys()].length > MAX_PARTS) throw wrong(`it may have at most ${MAX_PARTS} parts`);
  return form;
}

/** In place of what the parser says, which does not know its own limit. */
const TOO_MUCH_TEXT =
  'a text part may have at most 1048576 bytes; send pictures as parts of their own, not as data: URLs';

function jsonPart(form: Form, name: 'operations' | 'map', body: Body): unknown {
  const text = form.get(name);
  if (typeof text === 'string') {
    if (!wasUtf8(text, body)) throw notUnicode(`The part "${name}" of a multipart request`);
    return parseJson(text, `The part "${name}" of a multipart request`);
  }
  throw wrong(`the part "${name}" is ${text === null ? 'missing' : 'a file, expected text'}`);
}

/** Whether a decoded part came as UTF-8: the decoder puts U+FFFD in place of other bytes, but the sender may have written that. */
const wasUtf8 = (text: string, body: Body): boolean =>
  !text.includes('\ufffd') || Buffer.concat(body).includes(text, 0, 'utf8');

/** Replaces the null at a path with a file. */
function place(operations: object, path: string, file: File, part: string): void {
  const steps = path.split('.');
  const last = steps.pop()!;
  let target: unknown = operations;
  for (const step of steps) target = isOpen(target, step) ? target[step] : undefined;
  if (!isOpen(target, last) || target[last] !== null) {
    throw wrong(
      `"map" gives the part ${quoted(part)} the path ${quoted(path)}, where "operations" has no null`,
    );
  }
  target[last] = file;
}

const isOpen = (value: unknown, key: string): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key);

const quoted = (text: string): string => JSON.stringify(text);

const wrong = (why: string) => refusal(400, 'BAD_REQUEST', `Malformed multipart request: ${why}`);
