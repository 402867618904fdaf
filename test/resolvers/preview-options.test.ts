import { expect, test } from 'vitest';
import type { PreviewWish } from '../../src/engine/index.ts';
import type { JobEvent } from '../../src/jobs/queue.ts';
import { eventPreview, eventPreviews, parsePreviewOptions } from '../../src/resolvers/previews.ts';
import { latent } from '../server/fixtures.ts';

test('An argument that is left out, or null, is the default', () => {
  const defaults = { size: 256, format: 'WEBP', quality: 75 };
  expect(parsePreviewOptions({})).toEqual(defaults);
  expect(parsePreviewOptions({ size: null, format: null, quality: null })).toEqual(defaults);
});

test.each([
  [{ size: 15 }, 'size must be from 16 to 1024, got 15'],
  [{ size: 1025 }, 'size must be from 16 to 1024, got 1025'],
  [{ quality: 0 }, 'quality must be from 1 to 100, got 0'],
])('The arguments %o are refused', (given, message) => {
  expect(() => parsePreviewOptions(given)).toThrow(message);
});

test('A step and a stage show the estimate they carry, and their job hears that somebody looks', async () => {
  const preview = latent(1);
  const wishes: [string, PreviewWish][] = [];
  const jobs = { wantPreview: (id: string, wish: PreviewWish) => wishes.push([id, wish]) };
  const job = { id: 'one' };
  for (const type of ['step', 'stage']) {
    const event = { type, job, preview } as JobEvent;
    expect(await eventPreview(event, {}, jobs)).toMatchObject({ mimeType: 'image/webp' });
  }
  expect(await eventPreviews({ type: 'stage', job, preview: null } as JobEvent, { size: 64 }, jobs)).toEqual(
    [],
  );
  expect(wishes).toEqual([
    ['one', { size: 256, images: 1 }],
    ['one', { size: 256, images: 1 }],
    ['one', { size: 64, images: 16 }],
  ]);
});

test('Other events show nothing, and nobody is told to look', async () => {
  const jobs = { wantPreview: () => expect.unreachable() };
  expect(await eventPreview({ type: 'completed' } as JobEvent, {}, jobs)).toBeNull();
  await expect(eventPreview({ type: 'step' } as JobEvent, { size: 1 }, jobs)).rejects.toThrow('size must be');
});
