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

test('Each image of a batch is shown as it was decoded, and one that was not by its latent', async () => {
  const one = latent(1);
  const data = new Float32Array(2 * one.data.length).fill(1);
  const pictures = { images: 1, width: 2, height: 2, data: new Uint8Array(12).fill(7) };
  const batch = { ...one, images: 2, data, pictures };
  const [first, second] = [await previewOf(batch, WISH), await previewOf(batch, WISH, 1)];
  expect(second).toEqual(await previewOf(one, WISH));
  expect(first).toEqual(await previewOf({ ...latent(3), pictures }, WISH));
  expect(first).not.toEqual(second);
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
