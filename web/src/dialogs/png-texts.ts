/** How many bytes are searched: settings come before the pixels. */
const LOOKED_AT = 2 * 2 ** 20;

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Keywords under which programs write settings. */
const KEYWORDS = /^(?:parameters|prompt|workflow|latentql|invokeai_metadata|sd-metadata|Comment|Dream)/i;

/** Whether a PNG has a text chunk that may hold settings. */
export async function statesSettings(file: Blob): Promise<boolean> {
  const bytes = new Uint8Array(await file.slice(0, LOOKED_AT).arrayBuffer());
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) return false;
  const view = new DataView(bytes.buffer);
  for (let at = SIGNATURE.length; at + 8 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const isText = type === 'tEXt' || type === 'iTXt' || type === 'zTXt';
    const keyword = String.fromCharCode(...bytes.subarray(at + 8, at + 8 + 20));
    if (isText && KEYWORDS.test(keyword)) return true;
    if (type === 'IDAT' || type === 'IEND') return false;
    at += length + 12;
  }
  return false;
}
