/** Bytes of a `data:` URL (RFC 2397), base64 or percent-encoded; undefined if it is malformed. */
export function decodeDataUrl(url: string): Buffer | undefined {
  const comma = url.indexOf(',');
  if (comma < 0) return undefined;
  const bytes = percentDecoded(Buffer.from(url.slice(comma + 1)));
  const isBase64 = /;\s*base64\s*$/i.test(url.slice(Math.max(0, comma - 100), comma));
  return isBase64 && bytes ? fromBase64(bytes) : bytes;
}

const PERCENT = 0x25;

/** Decodes %XX in place; undefined if two hex digits are missing. */
function percentDecoded(bytes: Buffer): Buffer | undefined {
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== PERCENT) {
      bytes[length++] = bytes[at]!;
      continue;
    }
    const [high, low] = [hexDigit(bytes[at + 1]), hexDigit(bytes[at + 2])];
    if (high === undefined || low === undefined) return undefined;
    bytes[length++] = high * 16 + low;
    at += 2;
  }
  return bytes.subarray(0, length);
}

function hexDigit(code = 0): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined;
}

/** The class of each byte in base64: invalid, whitespace, digit or padding. */
const [BLANK, DIGIT, PADDING] = [1, 2, 3];
const MEANINGS = new Uint8Array(256);
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_';
for (const digit of DIGITS) MEANINGS[digit.charCodeAt(0)] = DIGIT;
for (const blank of ' \t\n\r\f') MEANINGS[blank.charCodeAt(0)] = BLANK;
MEANINGS['='.charCodeAt(0)] = PADDING;

/** Base64, URL-safe or not, with whitespace anywhere and up to two padding characters; undefined for anything else. */
function fromBase64(bytes: Buffer): Buffer | undefined {
  let [length, paddings] = [0, 0];
  for (const byte of bytes) {
    const meaning = MEANINGS[byte];
    if (meaning === BLANK) continue;
    if (meaning === PADDING) paddings++;
    else if (paddings === 0 && meaning === DIGIT) bytes[length++] = byte;
    else return undefined;
  }
  return paddings <= 2 ? Buffer.from(bytes.toString('latin1', 0, length), 'base64') : undefined;
}
