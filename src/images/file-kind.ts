/* eslint-disable no-control-regex -- signatures are bytes */
/** The kinds of files that are decoded. */
export const DECODED_KINDS = ['JPEG', 'PNG', 'WebP', 'AVIF', 'GIF', 'TIFF'] as const;
export type DecodedKind = (typeof DECODED_KINDS)[number];

/** The kinds of files that are taken as PNG: libvips does not decode them. */
export const CONVERTED_KINDS = ['BMP', 'HEIC'] as const;
export type ConvertedKind = (typeof CONVERTED_KINDS)[number];

/** What else people send, with what they can do about it. */
const REMEDIES = {
  'JPEG XL': 'a JPEG XL picture: save it as PNG or WebP',
  'JPEG 2000': 'a JPEG 2000 picture: save it as PNG or JPEG',
  PSD: 'a Photoshop document: export it as PNG',
  XCF: 'a GIMP document: export it as PNG',
  SVG: 'an SVG drawing: export it as PNG',
  ICO: 'an icon file: save it as PNG',
  OpenEXR: 'an OpenEXR picture: save it as PNG',
  HDR: 'a Radiance HDR picture: save it as PNG',
  QOI: 'a QOI picture: save it as PNG',
  DDS: 'a DDS texture: save it as PNG',
  Netpbm: 'a Netpbm picture: save it as PNG',
  RAW: 'a raw file of a camera: develop it and save it as JPEG or TIFF',
  video: 'a video: send one of its frames as a picture',
  PDF: 'a PDF document: send one of its pages as a picture',
  ZIP: 'a ZIP archive (or an office document): unpack it and send one picture',
  gzip: 'a gzip archive: unpack it and send one picture',
  HTML: 'a web page (HTML): give the address of the picture itself, not that of the page that shows it',
  JSON: 'a JSON document, perhaps an error message of its server: give the address of the picture itself',
  XML: 'an XML document, perhaps an error message of its server: give the address of the picture itself',
  'data: URL': 'a data: URL as text: give it as imageUrl, or upload the bytes that it stands for',
  base64:
    'base64 text: give it as imageUrl with data:image/png;base64, before it, or upload the bytes that it stands for',
  text: 'text: give the address of the picture itself',
} as const;
type OtherKind = keyof typeof REMEDIES;

/** The kinds that files have. */
type Kind = DecodedKind | ConvertedKind | OtherKind;

/** Beginnings of files, as Latin-1; a dot stands for any byte. */
const SIGNATURES: readonly (readonly [beginning: RegExp, kind: Kind])[] = [
  [/^\xff\xd8\xff/, 'JPEG'],
  [/^\x89PNG\r\n\x1a\n/, 'PNG'],
  [/^RIFF.{4}WEBP/s, 'WebP'],
  [/^GIF8[79]a/, 'GIF'],
  [/^II\*\0.{4}CR/s, 'RAW'],
  [/^(IIU\0|IIRO|IIRS|FUJIFILMCCD-RAW|FOVb|\0MRM)/, 'RAW'],
  [/^(II[*+]\0|MM\0[*+])/, 'TIFF'],
  [/^(\xff\x0a|\0\0\0\x0cJXL )/, 'JPEG XL'],
  [/^(\0\0\0\x0cjP {2}|\xff\x4f\xff\x51)/, 'JPEG 2000'],
  [/^BM(.{4}\0\0\0\0|.{12}[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0)/s, 'BMP'],
  [/^8BPS/, 'PSD'],
  [/^gimp xcf/, 'XCF'],
  [/^\0\0[\x01\x02]\0/, 'ICO'],
  [/^\x76\x2f\x31\x01/, 'OpenEXR'],
  [/^#\?(RADIANCE|RGBE)/, 'HDR'],
  [/^qoif/, 'QOI'],
  [/^DDS /, 'DDS'],
  [/^P[1-7f]\s/i, 'Netpbm'],
  [/^(\x1aE\xdf\xa3|RIFF.{4}AVI |FLV\x01)/s, 'video'],
  [/^%PDF-/, 'PDF'],
  [/^PK(\x03\x04|\x05\x06)/, 'ZIP'],
  [/^\x1f\x8b/, 'gzip'],
];

/** Brands of ISO base media files (ISO/IEC 14496-12), the most telling first. */
const BRANDS: readonly (readonly [brand: RegExp, kind: Kind])[] = [
  [/^avi[fs]$/, 'AVIF'],
  [/^(hei[cxms]|hev[cxms]|mif1|msf1)$/, 'HEIC'],
  [/^crx $/, 'RAW'],
  [/^j[px]2 $/, 'JPEG 2000'],
  [/./, 'video'],
];

/** Beginnings of texts, without blanks before them. */
const TEXTS: readonly (readonly [beginning: RegExp, kind: OtherKind])[] = [
  [/^(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/is, 'SVG'],
  [/^(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!DOCTYPE html|html|head|body|title|script|div|p|h1)\b/is, 'HTML'],
  [/^<[?!a-z]/i, 'XML'],
  [/^[{[]/, 'JSON'],
  [/^data:[a-z]+\//i, 'data: URL'],
  [/^[A-Za-z0-9+/_-]{40,}={0,2}\s*$/, 'base64'],
];

const isDecoded = (kind: string): kind is DecodedKind => DECODED_KINDS.some((decoded) => decoded === kind);

const isConverted = (kind: string): kind is ConvertedKind =>
  CONVERTED_KINDS.some((converted) => converted === kind);

/** The kind of a file that is decoded, by its first bytes. */
export function decodedKind(bytes: Uint8Array): DecodedKind | undefined {
  const kind = kindOf(bytes);
  return kind !== undefined && isDecoded(kind) ? kind : undefined;
}

/** The kind of a file that is taken as PNG, by its first bytes. */
export function convertedKind(bytes: Uint8Array): ConvertedKind | undefined {
  const kind = kindOf(bytes);
  return kind !== undefined && isConverted(kind) ? kind : undefined;
}

/** Says what a file is that is not decoded, and what to do; by its first bytes, else by the media type it was sent as. */
export function describeFile(bytes: Uint8Array, mediaType?: string): string {
  const kind = kindOf(bytes);
  if (kind !== undefined && (isDecoded(kind) || isConverted(kind)))
    return `a damaged ${kind} file of ${bytes.length} bytes`;
  if (kind !== undefined) return REMEDIES[kind];
  const sentAs = mediaType === undefined ? '' : ` sent as ${mediaType.slice(0, 100)}`;
  return `${bytes.length} bytes of an unknown kind${sentAs}`;
}

function kindOf(bytes: Uint8Array): Kind | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  const signature = SIGNATURES.find(([beginning]) => beginning.test(head));
  if (signature) return signature[1];
  if (head.startsWith('ftyp', 4)) return kindOfBrands(head);
  const text = decodedText(bytes);
  if (text === undefined) return undefined;
  return TEXTS.find(([beginning]) => beginning.test(text))?.[1] ?? 'text';
}

function kindOfBrands(head: string): Kind | undefined {
  const end = Math.max(16, Buffer.from(head.slice(0, 4), 'latin1').readUInt32BE());
  const brands = head.slice(8, end).match(/.{4}/gs) ?? [];
  return BRANDS.find(([pattern]) => brands.some((brand, i) => i !== 1 && pattern.test(brand)))?.[1];
}

/** The beginning as text; undefined if it is not text. */
function decodedText(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, 1024);
  const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  const encoding = isUtf16 ? (head[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(head, { stream: true });
    return text === '' || /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text) ? undefined : text.trimStart();
  } catch {
    return undefined;
  }
}
