import { boxesIn } from './boxes.ts';
import { latin1, spells, viewOf } from './bytes.ts';
import { addExif } from './exif.ts';
import type { Texts } from './texts.ts';

/** Items and pieces of items that are looked at, and items that are read. */
const MAX_ITEMS = 1000;
const MAX_TEXT_ITEMS = 8;

/** Whether these bytes begin an AVIF or HEIF. */
export const isHeif = (bytes: Uint8Array): boolean => spells(bytes, 4, 'ftyp');

/** Collects the EXIF and XMP items of an AVIF or HEIF (ISO/IEC 14496-12, 8.11; 23008-12, A.2.1). */
export function addHeifTexts(file: Uint8Array, texts: Texts): void {
  const meta = childOf(file, 'meta')?.subarray(4);
  const [info, places] = [meta && childOf(meta, 'iinf'), meta && childOf(meta, 'iloc')];
  if (!meta || !info || !places) return;
  const located = locations(places);
  const inside = childOf(meta, 'idat') ?? new Uint8Array();
  let left = MAX_TEXT_ITEMS;
  for (const [id, type] of itemTypes(info)) {
    if (type !== 'Exif' && (type !== 'mime' || texts.has('xmp'))) continue;
    if (left-- === 0) return;
    const place = located.get(id);
    const data = place?.isInside !== undefined && join(place.extents, place.isInside ? inside : file);
    if (!data) continue;
    if (type === 'Exif') addExifItem(data, texts);
    else if (spells(data, 0, '<')) texts.addBytes('xmp', data);
  }
}

/** An EXIF item says first how many bytes lie before its TIFF header. */
function addExifItem(data: Uint8Array, texts: Texts): void {
  if (data.length < 4) return;
  const rest = data.subarray(4);
  addExif(spells(rest, 0, 'Exif\0\0') ? rest : rest.subarray(viewOf(data).getUint32(0)), texts);
}

function childOf(bytes: Uint8Array, wanted: string): Uint8Array | undefined {
  for (const { type, content } of boxesIn(bytes)) if (type === wanted) return content;
  return undefined;
}

/** Each item's id and type, of an item information box. */
function* itemTypes(info: Uint8Array): Generator<[id: number, type: string]> {
  if (info.length < 8) return;
  let left = MAX_ITEMS;
  for (const { type, content: entry } of boxesIn(info.subarray(info[0] === 0 ? 6 : 8))) {
    if (left-- === 0) return;
    const version = entry[0] ?? 0;
    const idSize = version === 2 ? 2 : 4;
    if (type !== 'infe' || version < 2 || entry.length < 4 + idSize + 6) continue;
    const view = viewOf(entry);
    yield [
      idSize === 2 ? view.getUint16(4) : view.getUint32(4),
      latin1(entry.subarray(6 + idSize, 10 + idSize)),
    ];
  }
}

interface Place {
  /** In the meta box rather than in the file; undefined: in another item, which is not followed. */
  readonly isInside: boolean | undefined;
  readonly extents: readonly (readonly [offset: number, length: number])[];
}

/** Where each item lies, of an item location box. */
function locations(box: Uint8Array): Map<number, Place> {
  const places = new Map<number, Place>();
  const view = viewOf(box);
  const version = box[0] ?? 0;
  let at = 4;
  const read = (size: number): number => {
    if (size === 0 || at + size > box.length) {
      at += size;
      return 0;
    }
    const value =
      size === 8
        ? Number(view.getBigUint64(at))
        : size === 4
          ? view.getUint32(at)
          : size === 2
            ? view.getUint16(at)
            : box[at]!;
    at += size;
    return value;
  };
  const [sizes, baseSizes] = [read(1), read(1)];
  const [offsetSize, lengthSize, baseSize] = [sizes >> 4, sizes & 15, baseSizes >> 4];
  const indexSize = version > 0 ? baseSizes & 15 : 0;
  const count = read(version < 2 ? 2 : 4);
  for (let i = 0; i < count && i < MAX_ITEMS && at < box.length; i++) {
    const id = read(version < 2 ? 2 : 4);
    const method = version > 0 ? read(2) & 15 : 0;
    read(2); // which file: this one
    const base = read(baseSize);
    const pieces = read(2);
    const extents: (readonly [number, number])[] = [];
    for (let piece = 0; piece < pieces && piece < MAX_ITEMS && at < box.length; piece++) {
      read(indexSize);
      extents.push([base + read(offsetSize), read(lengthSize)]);
    }
    places.set(id, { isInside: method > 1 ? undefined : method === 1, extents });
  }
  return places;
}

/** The pieces of an item as one; undefined if one lies outside. */
function join(extents: Place['extents'], source: Uint8Array): Uint8Array | undefined {
  const parts = extents.map(([offset, length]) =>
    offset + length <= source.length
      ? source.subarray(offset, length === 0 ? undefined : offset + length)
      : undefined,
  );
  const size = parts.reduce((sum, part) => sum + (part?.length ?? 0), 0);
  if (parts.includes(undefined) || size > source.length) return undefined;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part!, at);
    at += part!.length;
  }
  return whole;
}
