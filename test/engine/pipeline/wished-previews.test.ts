import { expect, it } from 'vitest';
import { WishedPreviews } from '../../../src/engine/pipeline/wished-previews.ts';

/** A wish whose clock the test sets. */
function wishAt() {
  let now = 0;
  const wish = new WishedPreviews(() => now);
  return {
    wish,
    at: (time: number) => {
      now = time;
      return wish;
    },
  };
}

it('Nobody wants to see a step before somebody asks', () => {
  expect(new WishedPreviews().take()).toBeUndefined();
});

it('A wish is for the next step, however long that takes, and for quick steps after it', () => {
  const { at } = wishAt();
  at(0).want({ size: 256, images: 1 });
  expect(at(60_000).take()?.size).toBe(256);
  expect(at(120_000).take()).toBeUndefined();
  at(120_100).want({ size: 64, images: 1 });
  expect(at(120_200).take()?.size).toBe(64);
  expect(at(122_000).take()?.size).toBe(64);
  expect(at(122_100).take()).toBeUndefined();
});

it('Of several wishes the larger size and the more images hold, until none of them does', () => {
  const { at } = wishAt();
  at(0).want({ size: 512, images: 1 });
  at(10).want({ size: 64, images: 1 });
  at(15).want({ size: 16, images: 16 });
  expect(at(20).take()).toEqual({ size: 512, images: 16 });
  expect(at(3000).take()).toBeUndefined();
  at(3010).want({ size: 64, images: 1 });
  expect(at(3020).take()?.size).toBe(64);
});

it('A wish ends with its task', () => {
  const { at, wish } = wishAt();
  at(0).want({ size: 512, images: 1 });
  wish.clear();
  expect(at(1).take()).toBeUndefined();
});
