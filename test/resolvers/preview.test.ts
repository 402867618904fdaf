import { expect, test } from 'vitest';
import { previewOf } from '../../src/resolvers/previews.ts';
import { latent } from '../server/fixtures.ts';

const WISH = { size: 64, format: 'PNG', quality: 75 } as const;

test('A latent is encoded once for each kind of preview, however many watchers ask', () => {
  const estimate = latent(1);
  const preview = previewOf(estimate, WISH);
  expect(previewOf(estimate, { ...WISH })).toBe(preview);
  expect(previewOf(estimate, { ...WISH, size: 32 })).not.toBe(preview);
  expect(previewOf(latent(1), WISH)).not.toBe(preview);
});

test('A preview is a data: URI of the size it says', async () => {
  const { dataUri, mimeType, width, height } = await previewOf(latent(0), WISH);
  expect({ mimeType, width, height }).toEqual({ mimeType: 'image/png', width: 64, height: 64 });
  expect(dataUri).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);
});
