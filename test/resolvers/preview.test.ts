import { expect, test } from 'vitest';
import { MAX_PREVIEW_VARIANTS, PREVIEW_DEFAULTS, previewOf } from '../../src/resolvers/previews.ts';
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

test('A latent is encoded in so many ways at most; those that are known, and the default, go on', async () => {
  const estimate = latent(1);
  const variants = Array.from({ length: 1000 }, (_, i) => ({ ...WISH, size: 16 + i }));
  const made = await Promise.allSettled(variants.map((one) => previewOf(estimate, one)));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(MAX_PREVIEW_VARIANTS);
  expect(made.at(-1)).toMatchObject({ reason: { code: 'UNSUPPORTED', field: ['preview'] } });
  await expect(previewOf(estimate, variants[0]!)).resolves.toMatchObject({ mimeType: 'image/png' });
  await expect(previewOf(estimate, PREVIEW_DEFAULTS)).resolves.toMatchObject({ mimeType: 'image/webp' });
});
