import type { Latent } from '../../engine/index.ts';
import type { JobEvent } from '../queue.ts';

/** Bytes of a value. */
const VALUE = Float32Array.BYTES_PER_ELEMENT;

/**
 * A report of progress between processes: "<bytes of the JSON>\n", the JSON, and the preview's values as they lie in
 * memory (little-endian f32), then its pictures, filled up to whole values: earlier versions read nothing else.
 */
export function encodeReport(event: JobEvent): Buffer {
  const preview = previewOf(event);
  const json = JSON.stringify({ ...event, ...(preview && { preview: withoutBytes(preview) }) });
  const head = Buffer.from(`${Buffer.byteLength(json)}\n${json}`);
  if (!preview) return head;
  const pictures = preview.pictures?.data ?? new Uint8Array();
  const filling = new Uint8Array((VALUE - (pictures.length % VALUE)) % VALUE);
  return Buffer.concat([head, bytesOf(preview.data), bytesOf(pictures), filling]);
}

/** Reads what `encodeReport` wrote. */
export function decodeReport(message: Buffer): JobEvent {
  const start = message.indexOf(0x0a) + 1;
  const end = start + Number(message.toString('latin1', 0, start - 1));
  const event = JSON.parse(message.toString('utf8', start, end)) as JobEvent;
  const preview = previewOf(event);
  if (!preview) return event;
  const { channels, height, width, images = 1, pictures } = preview;
  const middle = end + VALUE * channels * height * width * images;
  const data = new Float32Array(new Uint8Array(message.subarray(end, middle)).buffer); // a copy: f32 values must be aligned
  if (!pictures) return { ...event, preview: { ...preview, data } } as JobEvent;
  const bytes = 3 * pictures.width * pictures.height * pictures.images;
  const shown = { ...pictures, data: new Uint8Array(message.subarray(middle, middle + bytes)) };
  return { ...event, preview: { ...preview, data, pictures: shown } } as JobEvent;
}

/** What of a preview is written as JSON. */
const withoutBytes = ({ data: _, pictures, ...facts }: Latent) => ({
  ...facts,
  ...(pictures && { pictures: { ...pictures, data: undefined } }),
});

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

const previewOf = (event: JobEvent): Latent | null => ('preview' in event ? event.preview : null);
