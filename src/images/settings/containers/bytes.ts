/** Bytes of text that one picture may carry, after they are inflated: far beyond any graph, small beside the picture. */
export const MAX_TEXT_BYTES = 8 * 2 ** 20;

/** A window on bytes for reading numbers. */
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Bytes as Latin-1, one character each. */
export function latin1(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x2000) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x2000)));
  }
  return parts.join('');
}

/** Bytes up to the first NUL as UTF-8 if they are, else as Latin-1: many programs write one where the other is due. */
export function utf8OrLatin1(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const text = end < 0 ? bytes : bytes.subarray(0, end);
  return strictUtf8(text) ?? latin1(text);
}

/** Bytes as UTF-8, undefined if they are not UTF-8. */
export function strictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether the bytes at a place spell this. */
export const spells = (bytes: Uint8Array, at: number, text: string): boolean =>
  at >= 0 && at + text.length <= bytes.length && latin1(bytes.subarray(at, at + text.length)) === text;

/** Why data could not be inflated. */
export type InflateProblem = 'damaged' | 'too long';

/** Inflates `deflate` (zlib) or `gzip` data, as long as it gives no more than `limit` bytes. */
export async function inflate(
  data: Uint8Array,
  format: 'deflate' | 'gzip',
  limit = MAX_TEXT_BYTES,
): Promise<Uint8Array | InflateProblem> {
  const reader = new Blob([new Uint8Array(data)])
    .stream()
    .pipeThrough(new DecompressionStream(format))
    .getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength;
      if (size > limit) {
        await reader.cancel();
        return 'too long';
      }
      parts.push(part.value);
    }
  } catch {
    return 'damaged';
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
