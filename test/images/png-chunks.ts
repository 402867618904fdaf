import { crc32 } from 'node:zlib';

/** One PNG chunk, made independently of the code under test. */
export function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

/** The chunks of a PNG in order; throws on a wrong checksum or surplus bytes. */
export function readChunks(png: Buffer): { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (!chunk(type, data).equals(png.subarray(at, at + 12 + length)))
      throw new Error(`broken chunk ${type} at ${at}`);
    chunks.push({ type, data });
    at += 12 + length;
  }
  return chunks;
}
