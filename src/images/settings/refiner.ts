import { asNumber, asText } from './json.ts';

/** The checkpoint that ended the run of a picture. */
export interface PictureRefiner {
  /** Its file's name without folder and extension. */
  readonly model: string;
  /** The share of the steps after which it took over, 0..1. */
  readonly switchAt: number;
}

/** A refiner as A1111 or this program writes it, the former with `[hash]` behind the name; undefined if it cannot be read. */
export function readRefiner(name: unknown, switchAt: unknown): PictureRefiner | undefined {
  const model = asText(name)
    ?.replace(/ \[[0-9a-f]{8,64}\]$/, '')
    .trim();
  const share = asNumber(switchAt) ?? NaN;
  return model !== undefined && model !== '' && share >= 0 && share <= 1
    ? { model, switchAt: share }
    : undefined;
}
