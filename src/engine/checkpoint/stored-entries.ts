const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;

/** Maximum size of the central directory, well above that of any model. */
const MAX_DIRECTORY = 64 * 2 ** 20;

/** Where the bytes of an entry lie in the file. */
export interface StoredEntry {
  readonly offset: number;
  readonly length: number;
}

/** Reads `length` bytes at `position`. */
export type ReadAt = (length: number, position: number) => Promise<Buffer> | Buffer;

/** The uncompressed entries of a ZIP archive (APPNOTE 6.3) by name; undefined for other or damaged files. */
export async function storedEntries(
  size: number,
  read: ReadAt,
): Promise<Map<string, StoredEntry> | undefined> {
  const tail = await read(
    Math.min(size, END_BYTES + LONGEST_COMMENT),
    Math.max(0, size - END_BYTES - LONGEST_COMMENT),
  );
  const end = endOfDirectory(tail);
  if (end === undefined) return undefined;
  const [length, start] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (length > MAX_DIRECTORY || start + length > size) return undefined;
  const directory = await read(length, start);
  const entries = new Map<string, StoredEntry>();
  let at = 0;
  for (let left = tail.readUInt16LE(end + 10); left > 0; left--) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== DIRECTORY_ENTRY) return undefined;
    const isStored = directory.readUInt16LE(at + 10) === 0;
    const bytes = directory.readUInt32LE(at + 20);
    const [name, extra, comment] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ];
    const local = directory.readUInt32LE(at + 42);
    if (isStored) {
      if (local + 30 > size) return undefined;
      const header = await read(30, local);
      if (header.readUInt32LE(0) !== LOCAL_ENTRY) return undefined;
      const offset = local + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
      if (offset + bytes > size) return undefined;
      entries.set(directory.toString('utf8', at + 46, at + 46 + name), { offset, length: bytes });
    }
    at += 46 + name + extra + comment;
  }
  return entries;
}

function endOfDirectory(tail: Buffer): number | undefined {
  for (let at = tail.length - END_BYTES; at >= 0; at--)
    if (tail.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  return undefined;
}
