/** The bytes of a file with the given header and data, whether they fit or not. */
export function encode(header: string, data = new Uint8Array()): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), data]);
}
