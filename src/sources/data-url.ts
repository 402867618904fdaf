/** Bytes of a `data:` URL (RFC 2397), base64 or percent-encoded; undefined if it is malformed. */
export function decodeDataUrl(url: string): Buffer | undefined {
  const comma = url.indexOf(',');
  if (comma < 0) return undefined;
  const payload = url.slice(comma + 1);
  if (!/;\s*base64\s*$/i.test(url.slice(0, comma))) return percentDecode(payload);
  const base64 = (payload.includes('%') ? percentDecode(payload)?.toString('latin1') : payload)?.replace(
    /\s+/g,
    '',
  );
  return base64 !== undefined && /^[A-Za-z0-9+/_-]*={0,2}$/.test(base64)
    ? Buffer.from(base64, 'base64')
    : undefined;
}

function percentDecode(text: string): Buffer | undefined {
  if (/%(?![0-9a-f]{2})/i.test(text)) return undefined;
  const latin1 = Buffer.from(text).toString('latin1'); // bytes as characters, so that %XX may stand between any two
  return Buffer.from(
    latin1.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
}
