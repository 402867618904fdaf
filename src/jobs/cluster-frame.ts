import type { Latent } from '../engine/index.ts';
import type { JobEvent } from './ports.ts';

/** Bytes of the number that says how long the JSON is. */
const LENGTH = 4;

/**
 * The bytes of an event between processes, without its number and place, which Redis puts in front: the length of its
 * JSON, the JSON, and the preview's values as they lie in memory (little-endian f32).
 */
export function encodeEvent(event: JobEvent): Buffer {
  const preview = previewOf(event);
  const shape = preview && { ...preview, data: undefined };
  const json = Buffer.from(JSON.stringify({ ...event, ...(preview && { preview: shape }) }));
  const length = Buffer.alloc(LENGTH);
  length.writeUInt32LE(json.byteLength);
  if (!preview) return Buffer.concat([length, json]);
  const { buffer, byteOffset, byteLength } = preview.data;
  return Buffer.concat([length, json, Buffer.from(buffer, byteOffset, byteLength)]);
}

/** Reads "<number> <place or -1>\n" and the bytes of an event. */
export function decodeEvent(message: Buffer): JobEvent {
  const end = message.indexOf(0x0a);
  const [sequence, rank] = message.toString('latin1', 0, end).split(' ').map(Number) as [number, number];
  const start = end + 1 + LENGTH;
  const dataAt = start + message.readUInt32LE(end + 1);
  const event = JSON.parse(message.toString('utf8', start, dataAt)) as JobEvent;
  const job = rank >= 0 ? { ...event.job, queuePosition: rank } : event.job;
  const preview = previewOf(event);
  const told = { ...event, job, sequence };
  if (!preview) return told;
  // A copy: f32 values must be aligned.
  const data = new Float32Array(new Uint8Array(message.subarray(dataAt)).buffer);
  return { ...told, preview: { ...preview, data } } as JobEvent;
}

const previewOf = (event: JobEvent): Latent | null => ('preview' in event ? event.preview : null);
