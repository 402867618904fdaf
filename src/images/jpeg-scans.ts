/** What the markers of a JPEG tell about its decoding. */
export interface JpegScans {
  /** Counted up to one more than asked for. */
  readonly scans: number;
  /** Whether all of the picture is held in memory until the last scan. */
  readonly isBuffered: boolean;
}

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** Start of a progressive frame (ISO/IEC 10918-1, table B.1): Huffman or arithmetic coding, differential or not. */
const PROGRESSIVE = [0xc2, 0xc6, 0xca, 0xce];

/** Counts the scans of a JPEG by its markers, without decoding; stops after `most`. */
export function jpegScans(jpeg: Uint8Array, most: number): JpegScans {
  let scans = 0;
  let isProgressive = false;
  for (let at = 2; at < jpeg.length && scans <= most;) {
    if (jpeg[at] !== 0xff) {
      at++; // the data of a scan, or what decoders skip as well
      continue;
    }
    const marker = jpeg[at + 1] ?? 0;
    at += 2;
    if (marker === 0xff)
      at--; // a filler before the marker
    else if (marker === END_OF_IMAGE) break;
    else if (hasLength(marker)) {
      if (marker === START_OF_SCAN) scans++;
      if (PROGRESSIVE.includes(marker)) isProgressive = true;
      at += (jpeg[at] ?? 0) * 256 + (jpeg[at + 1] ?? 0);
    }
  }
  return { scans, isBuffered: isProgressive || scans > 1 };
}

/** Not a stuffed 0xff, nor TEM, RST, SOI. */
const hasLength = (marker: number): boolean => marker > 0x01 && !(marker >= 0xd0 && marker <= 0xd8);
