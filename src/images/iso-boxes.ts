/** A box of an ISO base media file (ISO/IEC 14496-12), such as AVIF and HEIC are: its type and where its content lies. */
export interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** The boxes between two places, one level deep; what is damaged ends them. */
export function* boxesIn(bytes: Buffer, start = 0, end = bytes.length): Generator<Box> {
  for (let at = start; at + 8 <= end;) {
    let size = bytes.readUInt32BE(at);
    let header = 8;
    if (size === 1 && at + 16 <= end) {
      size = Number(bytes.readBigUInt64BE(at + 8));
      header = 16;
    } else if (size === 0) size = end - at;
    if (size < header || at + size > end) return;
    yield { type: bytes.toString('latin1', at + 4, at + 8), start: at + header, end: at + size };
    at += size;
  }
}

/** Bytes that a box of this type has before the boxes in it: a version and flags, or none. */
const BEFORE_CONTENT: Readonly<Record<'meta' | 'iprp' | 'ipco' | 'iref', number>> = {
  meta: 4,
  iprp: 0,
  ipco: 0,
  iref: 4,
};

/** The boxes at the end of a path. */
export function boxesAt(bytes: Buffer, ...path: (keyof typeof BEFORE_CONTENT)[]): Box[] {
  let boxes = [...boxesIn(bytes)];
  for (const type of path) {
    boxes = boxes
      .filter((box) => box.type === type)
      .flatMap(({ start, end }) => [...boxesIn(bytes, start + BEFORE_CONTENT[type], end)]);
  }
  return boxes;
}
