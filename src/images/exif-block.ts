/** Texts as an EXIF block carries them; those that are missing are left out. */
export interface ExifTexts {
  /** A1111's text, where its readers look: UserComment. */
  readonly parameters?: string | undefined;
  /** JSON of this program and of ComfyUI, each behind its name, as ComfyUI's save nodes do it. */
  readonly latentql?: string | undefined;
  readonly prompt?: string | undefined;
  readonly workflow?: string | undefined;
}

/** The most bytes that a block may have: a JPEG segment less what the encoder adds. */
export const MAX_EXIF_BYTES = 65_000;

const IMAGE_DESCRIPTION = 0x010e;
const MAKE = 0x010f;
const MODEL = 0x0110;
const EXIF_DIRECTORY = 0x8769;
const USER_COMMENT = 0x9286;
/** Types of values (TIFF 6.0, section 2). */
const ASCII = 2;
const SHORT = 3;
const LONG = 4;
const RATIONAL = 5;
const UNDEFINED = 7;
const HEADER = Buffer.from('MM\0*\0\0\0\x08', 'latin1');

interface Entry {
  readonly tag: number;
  readonly type: number;
  /** The value, or for a directory its entries. */
  readonly value: Buffer | readonly Entry[];
}

/** An EXIF block without its `Exif` header. Of texts too long together the graphs go first, then A1111's text; undefined if none is left. */
export function exifBlock(texts: ExifTexts): Buffer | undefined {
  for (const left of shorter(texts)) {
    const entries = entriesOf(left);
    if (entries.length === 0) return undefined;
    const block = Buffer.concat([HEADER, directory(inOrder([...entries, ...DENSITY]), HEADER.length)]);
    if (block.length <= MAX_EXIF_BYTES) return block;
  }
  return undefined;
}

const shorter = ({ parameters, latentql, prompt, workflow }: ExifTexts): ExifTexts[] => [
  { parameters, latentql, prompt, workflow },
  { parameters, latentql, prompt },
  { parameters, latentql },
  { latentql },
  { parameters },
];

function entriesOf({ parameters, latentql, prompt, workflow }: ExifTexts): Entry[] {
  const named = (tag: number, name: string, json: string | undefined): Entry[] =>
    json === undefined ? [] : [{ tag, type: ASCII, value: Buffer.from(`${name}:${json}\0`, 'utf8') }];
  const comment: Entry[] =
    parameters === undefined ? [] : [{ tag: USER_COMMENT, type: UNDEFINED, value: utf16Comment(parameters) }];
  return [
    ...named(IMAGE_DESCRIPTION, 'latentql', latentql),
    ...named(MAKE, 'workflow', workflow),
    ...named(MODEL, 'prompt', prompt),
    ...(comment.length > 0 ? [{ tag: EXIF_DIRECTORY, type: LONG, value: comment }] : []),
  ];
}

/** A UserComment in UTF-16 in the block's byte order, as A1111 writes it. */
const utf16Comment = (text: string): Buffer =>
  Buffer.concat([Buffer.from('UNICODE\0'), Buffer.from(text, 'utf16le').swap16()]);

/** 72 dpi, which says nothing: without it libvips writes the density of its default. */
const DENSITY: readonly Entry[] = [
  { tag: 0x011a, type: RATIONAL, value: Buffer.from([0, 0, 0, 72, 0, 0, 0, 1]) },
  { tag: 0x011b, type: RATIONAL, value: Buffer.from([0, 0, 0, 72, 0, 0, 0, 1]) },
  { tag: 0x0128, type: SHORT, value: Buffer.from([0, 2]) },
];

const inOrder = (entries: readonly Entry[]): readonly Entry[] => [...entries].sort((a, b) => a.tag - b.tag);

/** Bytes of one value of a type; a directory is one value. */
const SIZES: Readonly<Record<number, number>> = { [ASCII]: 1, [SHORT]: 2, [RATIONAL]: 8, [UNDEFINED]: 1 };

/** A directory that begins at `start`, with its values behind it. */
function directory(entries: readonly Entry[], start: number): Buffer {
  const table = Buffer.alloc(2 + 12 * entries.length + 4);
  const values: Buffer[] = [];
  let end = start + table.length;
  table.writeUInt16BE(entries.length);
  entries.forEach(({ tag, type, value }, i) => {
    const at = 2 + 12 * i;
    const bytes = Buffer.isBuffer(value) ? value : directory(value, end);
    table.writeUInt16BE(tag, at);
    table.writeUInt16BE(type, at + 2);
    table.writeUInt32BE(Buffer.isBuffer(value) ? value.length / SIZES[type]! : 1, at + 4);
    if (Buffer.isBuffer(value) && value.length <= 4) {
      table.set(value, at + 8);
      return;
    }
    table.writeUInt32BE(end, at + 8);
    values.push(bytes, Buffer.alloc(bytes.length % 2));
    end += bytes.length + (bytes.length % 2);
  });
  return Buffer.concat([table, ...values]);
}
