import { SPACE } from '../python-text.ts';

/**
 * Cleans a text like A1111's tokenizer: ftfy 6's `fix_text` (Speer 2019) without its repair of mis-decoded
 * bytes, white space collapsed, lower case.
 */
export function cleanText(text: string): string {
  return fixText(text).replace(BLANKS, ' ').replace(/^ | $/g, '').toLowerCase();
}

const BLANKS = new RegExp(`[${SPACE}]+`, 'g');

/** Fixes a text line by line. From the first `<` on, entities are kept, because the text may be HTML. */
function fixText(text: string): string {
  let decodes = true;
  return text
    .split(/(?<=\n)/)
    .map((line) => {
      decodes &&= !line.includes('<');
      return untilStable(line, (once) => fixLine(decodes ? decodeEntities(once) : once));
    })
    .join('');
}

/** Applies `fix` until nothing changes: an entity may decode to another one. */
function untilStable(text: string, fix: (text: string) => string): string {
  for (let last = text; ; last = text) {
    text = fix(last);
    if (text === last) return text;
  }
}

const fixLine = (line: string): string =>
  line
    .replace(/[\u0080-\u009f]/g, (control) => WINDOWS_1252.decode(Uint8Array.of(control.charCodeAt(0))))
    .replace(/[ŉĲĳǄ-ǌǱ-ǳﬀ-ﬆ]/g, (ligature) => LIGATURES.get(ligature)!)
    .replace(/\u3000/g, ' ')
    .replace(/[\uff01-\uffef]/g, (wide) => wide.normalize('NFKC'))
    .replace(/[\u02bc\u2018-\u201b]/g, "'")
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/\r\n|[\r\u2028\u2029\u0085]/g, '\n')
    .replace(/\p{Cs}/gu, '\ufffd')
    // eslint-disable-next-line no-control-regex -- terminal colours and other controls are what is looked for
    .replace(/\x1b\[[\d;]*[a-zA-Z]|[\0-\x08\v\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g, '')
    .normalize('NFC');

const WINDOWS_1252 = new TextDecoder('windows-1252');

const LIGATURES: ReadonlyMap<string, string> = new Map(
  ('ĲIJ ĳij ŉʼn ǄDŽ ǅDž ǆdž ǇLJ ǈLj ǉlj ǊNJ ǋNj ǌnj ǱDZ ǲDz ǳdz ' + 'ﬀff ﬁfi ﬂfl ﬃffi ﬄffl ﬅſt ﬆst')
    .split(' ')
    .map((pair) => [pair.slice(0, 1), pair.slice(1)]),
);

const ENTITY = /&(#?[0-9A-Za-z]{1,24});/g;

const decodeEntities = (text: string): string =>
  text.replace(ENTITY, (entity, name: string) => NAMED.get(name) ?? numbered(name) ?? entity);

/** The character of `#8217` or `#x2019`. */
function numbered(name: string): string | undefined {
  const [, hex, decimal] = /^#(?:[xX]([0-9a-fA-F]+)|([0-9]+))$/.exec(name) ?? [];
  const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
  if (Number.isNaN(code)) return undefined;
  if (code >= 0x80 && code <= 0x9f) return WINDOWS_1252.decode(Uint8Array.of(code));
  const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : '\ufffd';
}

/** HTML's names of U+00A0 to U+00FF, in order. */
const LATIN_1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para ' +
  'middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute ' +
  'Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml ' +
  'Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ' +
  'ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';

/** The entities that occur in practice. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ...LATIN_1.split(' ').map((name, i) => [name, String.fromCharCode(0xa0 + i)] as const),
  ...Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    AMP: '&',
    LT: '<',
    GT: '>',
    QUOT: '"',
  }),
  ...Object.entries({ hellip: '…', mdash: '—', ndash: '–', bull: '•', trade: '™', euro: '€', hearts: '♥' }),
  ...Object.entries({ lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', sbquo: '‚', bdquo: '„', star: '☆' }),
  ...Object.entries({ oelig: 'œ', OElig: 'Œ', scaron: 'š', Scaron: 'Š', infin: '∞', rarr: '→', larr: '←' }),
]);
