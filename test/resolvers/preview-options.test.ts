import { expect, test } from 'vitest';
import type { JobEvent } from '../../src/jobs/queue.ts';
import { eventPreview, parsePreviewOptions } from '../../src/resolvers/previews.ts';
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

test('A step and a stage show the estimate they carry, other events show none', async () => {
  const preview = latent(1);
  for (const type of ['step', 'stage']) {
    expect(await eventPreview({ type, preview } as JobEvent, {})).toMatchObject({ mimeType: 'image/webp' });
  }
  expect(await eventPreview({ type: 'stage', preview: null } as JobEvent, {})).toBeNull();
  expect(await eventPreview({ type: 'completed' } as JobEvent, {})).toBeNull();
});
