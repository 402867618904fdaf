import { spells, viewOf } from './bytes.ts';
import { addExif } from './exif.ts';
import type { Texts } from './texts.ts';

const EXIF = 'Exif\0\0';
const XMP = 'http://ns.adobe.com/xap/1.0/\0';
const APP1 = 0xe1;
const COM = 0xfe;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** Whether these bytes begin a JPEG. */
export const isJpeg = (bytes: Uint8Array): boolean => spells(bytes, 0, '\xff\xd8\xff');

/** Collects EXIF, XMP and comments, up to the pixels. */
export function addJpegTexts(jpeg: Uint8Array, texts: Texts): void {
  const view = viewOf(jpeg);
  for (let at = 2; at + 4 <= jpeg.length;) {
    if (jpeg[at] !== 0xff) return;
    const marker = jpeg[at + 1]!;
    if (marker === 0xff) {
      at++; // a fill byte
      continue;
    }
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) return;
    const length = view.getUint16(at + 2);
    if (length < 2) return;
    const data = jpeg.subarray(at + 4, at + 2 + length);
    if (marker === APP1 && spells(data, 0, EXIF)) addExif(data, texts);
    else if (marker === APP1 && spells(data, 0, XMP)) texts.addBytes('xmp', data.subarray(XMP.length));
    else if (marker === COM) addComment(data, texts);
    at += 2 + length;
  }
}

/** stable-diffusion.cpp writes a keyword, NUL and the text. */
function addComment(data: Uint8Array, texts: Texts): void {
  const end = data.indexOf(0);
  if (end > 0 && end < 80 && end < data.length - 1) {
    texts.addBytes(String.fromCharCode(...data.subarray(0, end)), data.subarray(end + 1));
  } else texts.addBytes('jpeg:comment', data);
}
