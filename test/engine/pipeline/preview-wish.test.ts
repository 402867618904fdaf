import { expect, it } from 'vitest';
import { PreviewWish } from '../../../src/engine/pipeline/preview-wish.ts';

/** A wish whose clock the test sets. */
function wishAt() {
  let now = 0;
  const wish = new PreviewWish(() => now);
  return {
    wish,
    at: (time: number) => {
      now = time;
      return wish;
    },
  };
}

it('Nobody wants to see a step before somebody asks', () => {
  expect(new PreviewWish().take()).toBeUndefined();
});

it('A wish is for the next step, however long that takes, and for quick steps after it', () => {
  const { at } = wishAt();
  at(0).want(256);
  expect(at(60_000).take()).toBe(256);
  expect(at(120_000).take()).toBeUndefined();
  at(120_100).want(64);
  expect(at(120_200).take()).toBe(64);
  expect(at(122_000).take()).toBe(64);
  expect(at(122_100).take()).toBeUndefined();
});

it('Of several wishes the largest holds, until none of them does', () => {
  const { at } = wishAt();
  at(0).want(512);
  at(10).want(64);
  expect(at(20).take()).toBe(512);
  expect(at(3000).take()).toBeUndefined();
  at(3010).want(64);
  expect(at(3020).take()).toBe(64);
});

it('A wish ends with its task', () => {
  const { at, wish } = wishAt();
  at(0).want(512);
  wish.clear();
  expect(at(1).take()).toBeUndefined();
});
