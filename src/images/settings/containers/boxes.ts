import { latin1, viewOf } from './bytes.ts';

/** A box of an ISO base media file (ISO/IEC 14496-12, 4.2), such as AVIF and HEIC are. */
export interface Box {
  readonly type: string;
  readonly content: Uint8Array;
}

/** The boxes that lie side by side in these bytes; what is damaged ends them, a last one that is cut off is given as far as it goes. */
export function* boxesIn(bytes: Uint8Array): Generator<Box> {
  const view = viewOf(bytes);
  for (let at = 0; at + 8 <= bytes.length;) {
    const short = view.getUint32(at);
    const isLong = short === 1 && at + 16 <= bytes.length;
    const size = isLong ? Number(view.getBigUint64(at + 8)) : short === 0 ? bytes.length - at : short;
    const header = isLong ? 16 : 8;
    if (size < header) return;
    yield {
      type: latin1(bytes.subarray(at + 4, at + 8)),
      content: bytes.subarray(at + header, at + size),
    };
    at += size;
  }
}

/** Bytes that a box of this type has before the boxes in it: a version and flags, or none. */
const BEFORE_CONTENT = { meta: 4, iprp: 0, ipco: 0, iref: 4 } as const;

/** The boxes at the end of a path. */
export function boxesAt(bytes: Uint8Array, ...path: (keyof typeof BEFORE_CONTENT)[]): Box[] {
  let boxes = [...boxesIn(bytes)];
  for (const type of path) {
    boxes = boxes
      .filter((box) => box.type === type)
      .flatMap(({ content }) => [...boxesIn(content.subarray(BEFORE_CONTENT[type]))]);
  }
  return boxes;
}
