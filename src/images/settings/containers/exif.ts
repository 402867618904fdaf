import { latin1, spells, strictUtf8, utf8OrLatin1, viewOf } from './bytes.ts';
import type { Texts } from './texts.ts';

/** Tags that carry settings, by their number (Exif 3.0, 4.6). */
const TAGS: Readonly<Record<number, string>> = {
  0x010e: 'ImageDescription',
  0x010f: 'Make',
  0x0110: 'Model',
  0x0131: 'Software',
  0x927c: 'MakerNote',
  0x9286: 'UserComment',
};
const EXIF_DIRECTORY = 0x8769;
const HEADER = 'Exif\0\0';
/** Bytes of a value by its TIFF type. */
const TYPE_SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 4: 4, 7: 1 };

/** Whether these bytes begin a TIFF, whose directory is that of EXIF. */
export const isTiff = (bytes: Uint8Array): boolean => spells(bytes, 0, 'II*\0') || spells(bytes, 0, 'MM\0*');

/** Collects the texts of an EXIF block, with or without its `Exif` header; a damaged one gives what can be read. */
export function addExif(block: Uint8Array, texts: Texts): void {
  const tiff = spells(block, 0, HEADER) ? block.subarray(HEADER.length) : block;
  const isLittle = spells(tiff, 0, 'II*\0');
  if (!isTiff(tiff)) return;
  const view = viewOf(tiff);
  if (tiff.length < 8 || !texts.takesExif()) return;
  const exif = addDirectory(view.getUint32(4, isLittle), tiff, isLittle, texts);
  if (exif !== undefined) addDirectory(exif, tiff, isLittle, texts);
}

/** Reads one directory; gives where the EXIF directory lies, if it names one. */
function addDirectory(start: number, tiff: Uint8Array, isLittle: boolean, texts: Texts): number | undefined {
  const view = viewOf(tiff);
  if (start + 2 > tiff.length) return undefined;
  let exif: number | undefined;
  const seen = new Set<number>();
  const count = view.getUint16(start, isLittle);
  for (let i = 0; i < count; i++) {
    const entry = start + 2 + 12 * i;
    if (entry + 12 > tiff.length) break;
    const tag = view.getUint16(entry, isLittle);
    const size = (TYPE_SIZES[view.getUint16(entry + 2, isLittle)] ?? 0) * view.getUint32(entry + 4, isLittle);
    const name = TAGS[tag];
    if (tag === EXIF_DIRECTORY) exif = view.getUint32(entry + 8, isLittle);
    if (name === undefined || size === 0 || seen.has(tag)) continue;
    seen.add(tag);
    const offset = size <= 4 ? entry + 8 : view.getUint32(entry + 8, isLittle);
    if (offset + size > tiff.length) continue;
    addValue(name, tiff.subarray(offset, offset + size), isLittle, texts);
  }
  return exif;
}

function addValue(name: string, value: Uint8Array, isLittle: boolean, texts: Texts): void {
  const text = name === 'UserComment' ? userComment(value, isLittle) : utf8OrLatin1(value);
  // ComfyUI's save nodes, and this program, put a text's own name in front of it.
  const [prefix, own] = /^\s*(prompt|workflow|latentql)\s*:\s*(?=\{)/i.exec(text) ?? [];
  if (prefix !== undefined && own !== undefined) texts.add(own.toLowerCase(), text.slice(prefix.length));
  else if (text.trim() !== '') texts.add(`exif:${name}`, text);
}

const CODE_LENGTH = 8;

/** A UserComment by its character code (Exif 3.0, 4.6.6); UTF-16 in the byte order that its text shows. */
function userComment(value: Uint8Array, isLittle: boolean): string {
  const text = value.subarray(CODE_LENGTH);
  const code = latin1(value.subarray(0, CODE_LENGTH));
  if (code === 'UNICODE\0') return utf16(text, isLittle);
  if (code === 'ASCII\0\0\0' || code === '\0'.repeat(CODE_LENGTH)) return utf8OrLatin1(text);
  return utf8OrLatin1(value);
}

/** UTF-16 whose byte order is that in which more of it is ASCII: settings always hold some. */
function utf16(bytes: Uint8Array, isLittle: boolean): string {
  const zeros = [0, 0];
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === 0) zeros[at % 2]!++;
  const [even, odd] = zeros as [number, number];
  if (even === 0 && odd === 0) {
    const utf8 = strictUtf8(bytes); // some writers announce UTF-16 and write this
    if (utf8 !== undefined) return utf8;
  }
  const isLittleText = even === odd ? isLittle : odd > even;
  const text = new TextDecoder(isLittleText ? 'utf-16le' : 'utf-16be').decode(bytes);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
