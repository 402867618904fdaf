import { boxesAt } from './iso-boxes.ts';
import { pngChunk } from './png-chunks.ts';

/** A colour space by its code points (ITU-T H.273), as video has them and, since, AVIF and PNG. */
export interface CodePoints {
  readonly primaries: number;
  readonly transfer: number;
}

/** The code points of a PNG, which go before its other colour chunks. */
export function pngCodePoints(png: Buffer): CodePoints | undefined {
  const chunk = pngChunk(png, 'cICP');
  return chunk?.length === 4 ? { primaries: chunk[0]!, transfer: chunk[1]! } : undefined;
}

/** The code points of an AVIF; undefined for one with an ICC profile, which goes before. */
export function avifCodePoints(avif: Buffer): CodePoints | undefined {
  const colours = boxesAt(avif, 'meta', 'iprp', 'ipco').filter(({ type }) => type === 'colr');
  const kindOf = (start: number) => avif.toString('latin1', start, start + 4);
  if (colours.some(({ start }) => kindOf(start) !== 'nclx')) return undefined;
  const [first] = colours.filter(({ start, end }) => end - start >= 10);
  if (!first) return undefined;
  return { primaries: avif.readUInt16BE(first.start + 4), transfer: avif.readUInt16BE(first.start + 6) };
}

/** Whether the colours of an AVIF are multiplied by its transparency (ISO/IEC 23008-12, `prem`). */
export const isPremultiplied = (avif: Buffer): boolean =>
  boxesAt(avif, 'meta', 'iref').some(({ type }) => type === 'prem');
