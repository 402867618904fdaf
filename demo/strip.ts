import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

/** `npm run demo:strip`: puts the source, six previews and the result of the last demo side by side in `docs/demo.webp`. */

const ROOT = join(import.meta.dirname, '..');
const SIDE = 160;
const GAP = 4;
const PREVIEWS = 6;

const previews = (await readdir(join(ROOT, 'out'))).filter((name) => name.startsWith('preview-')).sort();
const chosen = Array.from({ length: PREVIEWS }, (_, i) =>
  previews.at(Math.round((i * (previews.length - 1)) / (PREVIEWS - 1))),
);
const files = ['assets/example.png', ...chosen.map((name) => `out/${name ?? ''}`), 'out/final.png'];
const pictures = await Promise.all(
  files.map((file) => sharp(join(ROOT, file)).resize(SIDE, SIDE, { kernel: 'cubic' }).toBuffer()),
);
await sharp({
  create: { width: files.length * (SIDE + GAP) - GAP, height: SIDE, channels: 3, background: 'white' },
})
  .composite(pictures.map((input, i) => ({ input, left: i * (SIDE + GAP), top: 0 })))
  .webp({ quality: 90 })
  .toFile(join(ROOT, 'docs/demo.webp'));
