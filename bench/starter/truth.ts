import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RgbImage } from '../../src/engine/pipeline/types.ts';

type Rgb = readonly [number, number, number];
type Colours = Readonly<Record<string, Rgb>>;
/** The half of the picture that contains the thing. */
export type Side = 'left' | 'right';

/**
 * A prompt and what its picture must show. A landscape has time, ground and weather, a plain shape has a
 * background.
 */
export interface Expected {
  readonly prompt: string;
  readonly seed: number;
  readonly thing: string;
  readonly color: string;
  readonly time?: string;
  readonly ground?: string;
  readonly weather?: string;
  readonly background?: string;
}

/** An edit of a source picture: the prompt describes the source's scene except for one attribute. */
export interface Edit extends Expected {
  readonly changed: 'time' | 'ground' | 'color' | 'background';
  readonly side: Side;
}

/** Facts from the generator of the training pictures, written by tools/starter/truth.py. */
export interface Truth {
  /** The folder it was read from, which also contains the source pictures. */
  readonly folder: string;
  /** The classes of the judge, in the order of its output. */
  readonly things: readonly string[];
  readonly prompts: readonly Expected[];
  readonly sources: readonly Edit[];
  /** Mean colour of the top 16 rows, by "time weather". */
  readonly sky: Colours;
  /** Mean colour of the bottom 24 rows, by "time weather ground". */
  readonly ground: Colours;
  /** The named colours in the light of each time. */
  readonly lit: Readonly<Record<string, Colours>>;
  readonly plain: Colours;
  /** Cells of 8×8 pixels that are part of the thing in most layouts. */
  readonly cells: Readonly<Record<string, Readonly<Record<Side, readonly number[]>>>>;
}

/** Side in pixels of the pictures to which the facts apply. */
export const SIZE = 256;
const CELL = 8;

/** The folder of the bench's data. */
export const DATA = join(import.meta.dirname, '../data/starter');

/** Reads what truth.py wrote to a folder. */
export async function readTruth(folder = DATA): Promise<Truth> {
  return {
    ...(JSON.parse(await readFile(join(folder, 'truth.json'), 'utf8')) as Omit<Truth, 'folder'>),
    folder,
  };
}

/** Which of the named colours are in the right place. */
export interface ColourCheck {
  readonly sky?: boolean;
  readonly ground?: boolean;
  readonly background?: boolean;
  readonly color: boolean;
}

/**
 * Sky: the mean of the top rows is nearest to that of the named time. Ground: the mean of the bottom rows is
 * nearest to that of the named ground. Background: both bands are nearest to the named colour. Thing: the
 * median over its cells is nearest to the named colour.
 */
export function checkColours(picture: RgbImage, expected: Expected, side: Side, truth: Truth): ColourCheck {
  const { time, ground, weather, background } = expected;
  const top = meanOfRows(picture, 0, 2 * CELL);
  const bottom = meanOfRows(picture, SIZE - 3 * CELL, SIZE);
  const thing = medianOfCells(picture, truth.cells[expected.thing]![side]);
  if (background !== undefined) {
    const isBackground = [top, bottom].every((colour) => nearest(colour, truth.plain) === background);
    return { background: isBackground, color: nearest(thing, truth.plain) === expected.color };
  }
  const skies = pick(truth.sky, (name) => name.endsWith(` ${weather!}`));
  const grounds = pick(truth.ground, (name) => name.startsWith(`${time!} ${weather!} `));
  return {
    sky: nearest(top, skies) === `${time!} ${weather!}`,
    ground: nearest(bottom, grounds) === `${time!} ${weather!} ${ground!}`,
    color: nearest(thing, truth.lit[time!]!) === expected.color,
  };
}

const pick = (colours: Colours, keep: (name: string) => boolean): Colours =>
  Object.fromEntries(Object.entries(colours).filter(([name]) => keep(name)));

function nearest(colour: Rgb, among: Colours): string {
  const distance = (other: Rgb) => other.reduce((sum, value, k) => sum + (value - colour[k]!) ** 2, 0);
  const [best] = Object.entries(among).sort(([, a], [, b]) => distance(a) - distance(b));
  if (!best) throw new Error('no colour to compare with');
  return best[0];
}

function meanOfRows({ data, width }: RgbImage, from: number, to: number): Rgb {
  const sum: [number, number, number] = [0, 0, 0];
  for (let i = from * width * 3; i < to * width * 3; i++) sum[i % 3]! += data[i]!;
  const pixels = (to - from) * width;
  return [sum[0] / pixels, sum[1] / pixels, sum[2] / pixels];
}

function medianOfCells({ data, width }: RgbImage, cells: readonly number[]): Rgb {
  const columns = width / CELL;
  const median = (channel: number) => {
    const values: number[] = [];
    for (const cell of cells) {
      const [row, column] = [Math.floor(cell / columns) * CELL, (cell % columns) * CELL];
      for (let y = row; y < row + CELL; y++) {
        for (let x = column; x < column + CELL; x++) values.push(data[(y * width + x) * 3 + channel]!);
      }
    }
    return values.sort((a, b) => a - b)[values.length >> 1]!;
  };
  return [median(0), median(1), median(2)];
}

/**
 * Similarity of two pictures' outlines: the correlation of their edges (differences in lightness between
 * adjacent cells of 4×4 pixels). 1 for equal outlines, near 0 for unrelated ones.
 */
export function edgeCorrelation(a: RgbImage, b: RgbImage): number {
  const [x, y] = [edges(a), edges(b)];
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  x.forEach((value, i) => {
    const [u, v] = [value - mx, y[i]! - my];
    xy += u * v;
    xx += u * u;
    yy += v * v;
  });
  return xy / Math.sqrt(xx * yy);
}

function edges({ data, width, height }: RgbImage): number[] {
  const step = 4;
  const [columns, rows] = [width / step, height / step];
  const light = Array.from({ length: rows * columns }, (_, cell) => {
    let sum = 0;
    for (let y = 0; y < step; y++) {
      const start = ((Math.floor(cell / columns) * step + y) * width + (cell % columns) * step) * 3;
      for (let i = start; i < start + 3 * step; i++) sum += data[i]!;
    }
    return sum / (3 * step * step);
  });
  return light.flatMap((value, cell) => {
    if (cell % columns === columns - 1 || cell >= light.length - columns) return [];
    return [Math.hypot(light[cell + 1]! - value, light[cell + columns]! - value)];
  });
}

/** The picture flipped horizontally. */
export function mirrored(picture: RgbImage): RgbImage {
  const { data, width, height } = picture;
  const flipped = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      flipped.set(data.subarray(from, from + 3), (y * width + width - 1 - x) * 3);
    }
  }
  return { width, height, data: flipped };
}
