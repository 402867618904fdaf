import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

/**
 * `npm run demo:strip`: from the last demo, puts the source, six previews and the result side by side in `out/demo.webp`, and the
 * source beside the result in `out/before-after.webp`. The README's own are copies of such in `docs`.
 */

const ROOT = join(import.meta.dirname, '..');
const GAP = 4;
const PREVIEWS = 6;
const SOURCE = 'assets/example.png';
const RESULT = 'out/final.png';

async function sideBySide(files: readonly string[], side: number, target: string): Promise<void> {
  const pictures = await Promise.all(
    files.map((file) => sharp(join(ROOT, file)).resize(side, side, { kernel: 'cubic' }).toBuffer()),
  );
  await sharp({
    create: { width: files.length * (side + GAP) - GAP, height: side, channels: 3, background: 'white' },
  })
    .composite(pictures.map((input, i) => ({ input, left: i * (side + GAP), top: 0 })))
    .webp({ quality: 90 })
    .toFile(join(ROOT, target));
}

const previews = (await readdir(join(ROOT, 'out'))).filter((name) => name.startsWith('preview-')).sort();
const chosen = Array.from({ length: PREVIEWS }, (_, i) =>
  previews.at(Math.round((i * (previews.length - 1)) / (PREVIEWS - 1))),
);
await sideBySide([SOURCE, ...chosen.map((name) => `out/${name ?? ''}`), RESULT], 160, 'out/demo.webp');
await sideBySide([SOURCE, RESULT], 256, 'out/before-after.webp');
