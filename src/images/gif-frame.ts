/** A rectangle in pixels. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const LOGICAL_SCREEN_END = 13;

/** Where the first frame of a GIF lies on its screen (GIF89a, 20); undefined if the file ends before. */
export function firstFrame(gif: Buffer): Area | undefined {
  let at = LOGICAL_SCREEN_END;
  const flags = gif[10] ?? 0;
  if (flags & 0x80) at += 3 * 2 ** ((flags & 7) + 1); // the colours of all frames
  while (gif[at] === 0x21) {
    at += 2; // an extension: its kind, then blocks with their length until an empty one
    while (gif[at]) at += 1 + gif[at]!;
    at++;
  }
  if (gif[at] !== 0x2c || at + 9 > gif.length) return undefined;
  return {
    left: gif.readUInt16LE(at + 1),
    top: gif.readUInt16LE(at + 3),
    width: gif.readUInt16LE(at + 5),
    height: gif.readUInt16LE(at + 7),
  };
}
