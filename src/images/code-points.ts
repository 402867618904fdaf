import { pngChunk } from './png-chunks.ts';
import { boxesAt } from './settings/containers/boxes.ts';
import { spells, viewOf } from './settings/containers/bytes.ts';

/** A colour space by its code points (ITU-T H.273), as video has them and, since, AVIF and PNG. */
export interface CodePoints {
  readonly primaries: number;
  readonly transfer: number;
}

/** The code points of a PNG, which go before its other colour chunks. */
export function pngCodePoints(png: Uint8Array): CodePoints | undefined {
  const chunk = pngChunk(png, 'cICP');
  return chunk?.length === 4 ? { primaries: chunk[0]!, transfer: chunk[1]! } : undefined;
}

/** The code points of an AVIF or HEIC; undefined for one with an ICC profile, which goes before. */
export function heifCodePoints(file: Uint8Array): CodePoints | undefined {
  const colours = boxesAt(file, 'meta', 'iprp', 'ipco').filter(({ type }) => type === 'colr');
  if (colours.some(({ content }) => !spells(content, 0, 'nclx'))) return undefined;
  const first = colours.find(({ content }) => content.length >= 10);
  if (!first) return undefined;
  const view = viewOf(first.content);
  return { primaries: view.getUint16(4), transfer: view.getUint16(6) };
}

/** Whether the colours of an AVIF or HEIC are multiplied by its transparency (ISO/IEC 23008-12, `prem`). */
export const isPremultiplied = (file: Uint8Array): boolean =>
  boxesAt(file, 'meta', 'iref').some(({ type }) => type === 'prem');
