import fc from 'fast-check';
import { hostileText, hostileValue, spoilt } from './hostile.ts';
import { type Gen, type Kind, oneOf } from './kind.ts';

interface FormCase {
  readonly type: string;
  /** Latin-1. */
  readonly body: string;
}

const BOUNDARY = 'fuzz-boundary';

const OPERATIONS = JSON.stringify({
  query:
    'mutation ($i: Upload) { img2img(input: {model: starter, steps: 1, width: 64, height: 64, image: $i}) { job { id } userErrors { code message } } }',
  variables: { i: null },
});

/** Bodies of multipart requests: parts in any order and number, their heads and the boundaries between them spoilt. */
export const forms: Kind<FormCase> = {
  runs: 30,
  make: (gen) => {
    const parts = [
      ...(gen(fc.nat, 9) > 0 ? [part(gen, 'operations', operations(gen))] : []),
      ...(gen(fc.nat, 9) > 0 ? [part(gen, 'map', map(gen))] : []),
      ...Array.from({ length: oneOf<number>(gen, 0, 1, 1, 1, 2, 30) }, (_, i) =>
        part(gen, gen(fc.nat, 5) > 0 ? String(i) : hostileText(gen), hostileText(gen), 'a.png'),
      ),
    ];
    const body = `${parts.map((one) => `--${BOUNDARY}\r\n${one}\r\n`).join('')}--${BOUNDARY}--\r\n`;
    const type = gen(fc.nat, 9) > 0 ? `multipart/form-data; boundary=${BOUNDARY}` : badType(gen);
    return {
      type,
      body: spoilt(gen, body, [`--${BOUNDARY}`, `--${BOUNDARY}--`, '\r\n', '\r\n\r\n', ': ', '"', ';']),
    };
  },
  send: async ({ type, body }, target) => {
    const headers = { 'content-type': type, 'graphql-preflight': '1' };
    await target.request('/graphql', { method: 'POST', headers, body: Buffer.from(body) });
  },
};

const operations = (gen: Gen): string =>
  gen(fc.nat, 3) > 0 ? spoilt(gen, OPERATIONS, ['{', '[', '"', ',']) : JSON.stringify(hostileValue(gen));

const map = (gen: Gen): string =>
  gen(fc.boolean)
    ? '{"0":["variables.i"]}'
    : oneOf<string>(gen, '{"0":["variables.i.x"]}', '{"0":["__proto__.x"]}', '{"0":null}', '[]', '{}') +
      (gen(fc.nat, 5) > 0 ? '' : hostileText(gen));

function part(gen: Gen, name: string, text: string, filename?: string): string {
  const file = filename === undefined ? '' : `; filename="${gen(fc.boolean) ? filename : hostileText(gen)}"`;
  const type = gen(fc.boolean)
    ? ''
    : `\r\nContent-Type: ${oneOf<string>(gen, 'image/png', 'x', 'text/html')}`;
  return `Content-Disposition: form-data; name="${name}"${file}${type}\r\n\r\n${text}`;
}

/** A content type without its boundary, or with a strange one. */
const badType = (gen: Gen): string =>
  oneOf<string>(
    gen,
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary=x',
    `multipart/form-data; boundary=${'x'.repeat(5000)}`,
    'multipart/mixed; boundary=fuzz-boundary',
    'multipart/form-data; charset=utf-16; boundary=fuzz-boundary',
  );
