import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { ordinaryFile } from '../../src/images/ordinary-file.ts';
import { decodeRgba } from '../../src/images/rgba.ts';
import { readSettings } from '../../src/images/settings/read-settings.ts';
import { inspectImage } from '../../src/images/source-image.ts';
import { InputError } from '../../src/input-error.ts';
import { change, type Change, changed } from './bytes.ts';
import { type Kind, parsesSoon, oneOf } from './kind.ts';

interface PictureCase {
  readonly base64: string;
  /** How it is sent. */
  readonly as: 'upload' | 'data URL' | 'settingsOf';
}

const noise = sharp(
  Uint8Array.from({ length: 24 * 24 * 4 }, (_, i) => (i * 31 + ((i * i) % 251)) % 256),
  { raw: { width: 24, height: 24, channels: 4 } },
);
const frames = sharp(
  Uint8Array.from({ length: 8 * 24 * 3 }, (_, i) => (i * 77) % 256),
  {
    raw: { width: 8, height: 24, channels: 3, pageHeight: 8 },
  },
);
const METADATA = join(import.meta.dirname, '../golden/metadata');

/** Pictures in every way of writing that is read, small ones. */
const SEEDS = [
  ...(await Promise.all([
    noise.clone().jpeg().toBuffer(),
    noise
      .clone()
      .jpeg({ progressive: true })
      .withExif({ IFD0: { Orientation: '6', Software: 'x' } })
      .toBuffer(),
    noise.clone().png().toBuffer(),
    noise.clone().png({ progressive: true }).toBuffer(),
    noise.clone().png({ palette: true }).toBuffer(),
    noise.clone().toColourspace('rgb16').png().toBuffer(),
    noise.clone().webp().toBuffer(),
    noise.clone().webp({ lossless: true }).toBuffer(),
    frames.clone().webp().toBuffer(),
    noise.clone().avif({ effort: 0 }).toBuffer(),
    noise.clone().avif({ effort: 0, lossless: true }).toBuffer(),
    noise.clone().gif().toBuffer(),
    frames.clone().gif().toBuffer(),
    noise.clone().tiff().toBuffer(),
    noise.clone().tiff({ tile: true, compression: 'lzw' }).toBuffer(),
  ])),
  ...readdirSync(METADATA)
    .filter((name) => !name.endsWith('.json'))
    .map((name) => readFileSync(join(METADATA, name))),
];

const INPUT = '{model: starter, steps: 1, width: 64, height: 64, denoiseStrength: 0.5';
const QUERIES = {
  upload: `mutation ($v: Upload) { img2img(input: ${INPUT}, image: $v}) { job { id } userErrors { code message } } }`,
  'data URL': `mutation ($v: String) { img2img(input: ${INPUT}, imageUrl: $v}) { job { id } userErrors { code message } } }`,
  settingsOf: 'query ($v: Upload) { settingsOf(image: $v) { tool prompt leftOut } }',
};

const isImageError = (error: unknown): boolean =>
  error instanceof InputError && ['IMAGE_INVALID', 'IMAGE_TOO_LARGE'].includes(error.code);

/** Pictures with a few changes, sent to the server and given to all that reads pictures. */
export const pictures: Kind<PictureCase> = {
  runs: 25,
  make: (gen) => {
    const seed = SEEDS[gen(fc.nat, SEEDS.length - 1)]!;
    const changes = gen(fc.array<Change>, change, { minLength: 1, maxLength: 6 });
    const as = oneOf<PictureCase['as']>(gen, 'upload', 'data URL', 'settingsOf');
    return { base64: changes.reduce(changed, seed).toString('base64'), as };
  },
  send: async ({ base64, as }, target) => {
    const query = QUERIES[as];
    if (as === 'data URL') {
      const body = JSON.stringify({ query, variables: { v: `data:;base64,${base64}` } });
      await target.request('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      return;
    }
    const body = new FormData();
    body.set('operations', JSON.stringify({ query, variables: { v: null } }));
    body.set('map', '{"0":["variables.v"]}');
    body.set('0', new Blob([Buffer.from(base64, 'base64')]), 'a.png');
    await target.request('/graphql', { method: 'POST', headers: { 'graphql-preflight': '1' }, body });
  },
  parse: async ({ base64 }) => {
    const bytes = Buffer.from(base64, 'base64');
    await parsesSoon('readSettings', () => readSettings(bytes, decodeRgba), isImageError);
    await parsesSoon(
      'inspectImage',
      async () => {
        await inspectImage(bytes);
        await ordinaryFile(bytes);
      },
      isImageError,
    );
  },
};
