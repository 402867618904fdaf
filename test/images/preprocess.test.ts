import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../src/engine/index.ts';
import { canny } from '../../src/images/canny.ts';
import { preprocess } from '../../src/images/preprocess.ts';
import { picture, plain } from './pictures.ts';

type Grey = (x: number, y: number) => number;

const grey = (width: number, height: number, value: Grey): RgbImage => ({
  width,
  height,
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return value(pixel % width, Math.floor(pixel / width));
  }),
});

/** The picture's first colour, a text for each row: white is `#`, black `.`. */
const rows = ({ width, height, data }: RgbImage): string[] =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (data[3 * (y * width + x)] === 255 ? '#' : '.')).join(''),
  );

describe('canny', () => {
  const usual = { low: 100, high: 200 };

  it('draws one line, a pixel wide, where a picture changes', async () => {
    const steps: [Grey, string][] = [
      [(x) => (x < 4 ? 0 : 200), '...#....'],
      [(x) => (x < 4 ? 200 : 0), '...#....'],
    ];
    for (const [value, line] of steps)
      expect(rows(await canny(grey(8, 6, value), usual))).toEqual(new Array(6).fill(line));
    const horizontal = await canny(
      grey(5, 6, (_, y) => (y < 3 ? 0 : 200)),
      usual,
    );
    expect(rows(horizontal)).toEqual(['.....', '.....', '#####', '.....', '.....', '.....']);
  });

  it('follows diagonals in both directions', async () => {
    const falling = rows(
      await canny(
        grey(9, 9, (x, y) => (x > y ? 220 : 0)),
        usual,
      ),
    );
    const rising = rows(
      await canny(
        grey(9, 9, (x, y) => (x > 8 - y ? 220 : 0)),
        usual,
      ),
    );
    for (const row of falling.slice(1, -1)) expect(row.replaceAll('.', '')).toMatch(/^##?$/);
    for (const row of rising.slice(1, -1)) expect(row.replaceAll('.', '')).toMatch(/^##?$/);
    expect(rising).not.toEqual(falling);
  });

  it('finds nothing in a plain picture, and nothing below the upper threshold alone', async () => {
    expect(rows(await canny(plain(6, 4, [90, 20, 200]), usual)).join('')).not.toContain('#');
    const weak = grey(8, 6, (x) => (x < 4 ? 0 : 40)); // a gradient of 160
    expect(rows(await canny(weak, usual)).join('')).not.toContain('#');
    expect(rows(await canny(weak, { low: 100, high: 159 }))).toEqual(new Array(6).fill('...#....'));
  });

  it('keeps a weak edge that a strong one leads to', async () => {
    const fading = grey(8, 12, (x, y) => (x < 4 ? 0 : y < 4 ? 200 : 40));
    const found = rows(await canny(fading, usual));
    expect(found.slice(6)).toEqual(new Array(6).fill('...#....'));
  });

  it('sees a change of one colour alone, and pictures of one pixel', async () => {
    const blue = {
      width: 8,
      height: 4,
      data: grey(8, 4, (x) => (x < 4 ? 0 : 200)).data.map((v, i) => (i % 3 === 2 ? v : 77)),
    };
    expect(rows(await canny(blue, usual))).toEqual(new Array(4).fill('...#....'));
    expect(await canny(plain(1, 1, [255, 0, 0]), usual)).toEqual(plain(1, 1, [0, 0, 0]));
  });

  it('lets other work run meanwhile', async () => {
    let turns = 0;
    const counting = setInterval(() => turns++, 0);
    await canny(
      grey(512, 1024, (x, y) => (x * y) % 256),
      usual,
    );
    clearInterval(counting);
    expect(turns).toBeGreaterThan(5);
  });
});

describe('preprocess', () => {
  it('leaves a picture as it is, or inverts it', async () => {
    const given = picture(20, 12);
    expect(await preprocess(given, { preprocessor: 'NONE' })).toBe(given);
    const inverted = await preprocess(given, { preprocessor: 'INVERT' });
    expect([...inverted.data]).toEqual([...given.data].map((value) => 255 - value));
  });

  it('gives the lightness that the eye sees (CIE L*)', async () => {
    const lightness = async (...colour: [number, number, number]) =>
      (await preprocess(plain(1, 1, colour), { preprocessor: 'LUMINANCE' })).data[0];
    expect(await lightness(0, 0, 0)).toBe(0);
    expect(await lightness(255, 255, 255)).toBe(255);
    expect(await lightness(255, 0, 0)).toBe(136); // L* 53.24
    expect(await lightness(0, 255, 0)).toBe(224); // L* 87.73
    expect(await lightness(0, 0, 255)).toBe(82); // L* 32.30
    expect(await lightness(119, 119, 119)).toBe(128); // L* 50.03
  });

  it('draws where a picture is darker than around, not where it is lighter', async () => {
    const line = (dark: boolean) =>
      grey(40, 40, (x) => (x >= 19 && x <= 20 ? (dark ? 0 : 255) : dark ? 255 : 0));
    const dark = rows(await preprocess(line(true), { preprocessor: 'SCRIBBLE' }));
    expect(dark[20]).toMatch(/^\.{15,19}#{2,6}\.{15,19}$/);
    const light = rows(await preprocess(line(false), { preprocessor: 'SCRIBBLE' }));
    expect(light[20]!.slice(19, 21)).toBe('..');
  });

  it('blurs, as far as it is told', async () => {
    const edge = grey(64, 8, (x) => (x < 32 ? 0 : 255));
    const widths = [];
    for (const blur of [1, 4]) {
      const { data } = await preprocess(edge, { preprocessor: 'BLUR', blur });
      widths.push(
        Array.from({ length: 64 }, (_, x) => data[3 * x]!).filter((value) => value > 10 && value < 245)
          .length,
      );
    }
    expect(widths[1]).toBeGreaterThan(2 * widths[0]!);
  });
});
