import { latin1, spells, viewOf } from './bytes.ts';

const SIGNATURE = '\x89PNG\r\n\x1a\n';

/** Whether these bytes begin a PNG. */
export const isPng = (bytes: Uint8Array): boolean => spells(bytes, 0, SIGNATURE);

/** The chunk at the end of every PNG: no data, its type, its checksum. */
const IEND = '\0\0\0\0IEND\xae\x42\x60\x82';

/** Whether the last bytes of a file are those of a PNG. */
export const endsAsPng = (bytes: Uint8Array): boolean => spells(bytes, bytes.length - IEND.length, IEND);

/** A chunk of a PNG: where it begins and ends, and its data (PNG, 3rd edition, 5.3). */
export interface PngChunk {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly data: Uint8Array;
}

/** The chunks of a PNG in their order, up to the end of the picture or to where the file is damaged. */
export function* chunksOf(png: Uint8Array): Generator<PngChunk> {
  const view = viewOf(png);
  for (let start = SIGNATURE.length; start + 12 <= png.length;) {
    const end = start + 12 + view.getUint32(start);
    if (end > png.length) return;
    const type = latin1(png.subarray(start + 4, start + 8));
    yield { type, start, end, data: png.subarray(start + 8, end - 4) };
    if (type === 'IEND') return;
    start = end;
  }
}
