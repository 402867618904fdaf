import sharp from 'sharp';
import { withPngText } from '../../../src/images/png-text.ts';
import { decodeRgba } from '../../../src/images/rgba.ts';
import { readSettings } from '../../../src/images/settings/read-settings.ts';

/** A PNG without any text. */
export const blank = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#789' } })
  .png()
  .toBuffer();

/** What is read from a PNG with these texts. */
export const read = (texts: Readonly<Record<string, string>>) =>
  readSettings(withPngText(blank, texts), decodeRgba);

/** A line of settings as A1111 writes it. */
export const LINE =
  'Steps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 1, Size: 512x768';

/** What it states behind the prompt `a`. */
export const PLAIN = {
  prompt: 'a',
  negativePrompt: '',
  steps: 20,
  cfg: 7,
  seed: '1',
  width: 512,
  height: 768,
  samplerName: 'euler_ancestral',
  scheduler: 'normal',
};
