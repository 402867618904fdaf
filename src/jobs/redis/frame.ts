import type { Latent } from '../../engine/index.ts';
import type { JobEvent } from '../queue.ts';

/**
 * A report of progress between processes: "<bytes of the JSON>\n", the JSON, and the preview's values as they lie in
 * memory (little-endian f32).
 */
export function encodeReport(event: JobEvent): Buffer {
  const preview = previewOf(event);
  const json = JSON.stringify({ ...event, ...(preview && { preview: { ...preview, data: undefined } }) });
  const head = Buffer.from(`${Buffer.byteLength(json)}\n${json}`);
  if (!preview) return head;
  const { buffer, byteOffset, byteLength } = preview.data;
  return Buffer.concat([head, Buffer.from(buffer, byteOffset, byteLength)]);
}

/** Reads what `encodeReport` wrote. */
export function decodeReport(message: Buffer): JobEvent {
  const start = message.indexOf(0x0a) + 1;
  const end = start + Number(message.toString('latin1', 0, start - 1));
  const event = JSON.parse(message.toString('utf8', start, end)) as JobEvent;
  const preview = previewOf(event);
  if (!preview) return event;
  const data = new Float32Array(new Uint8Array(message.subarray(end)).buffer); // a copy: f32 values must be aligned
  return { ...event, preview: { ...preview, data } } as JobEvent;
}

const previewOf = (event: JobEvent): Latent | null => ('preview' in event ? event.preview : null);
