import { join } from 'node:path';
import type { EngineEvent, Img2ImgTask, RgbImage } from '../../src/engine/index.ts';

/** The bundled checkpoint. */
export const STARTER = join(import.meta.dirname, '../../assets/models/starter.safetensors');

/** A smooth picture: red grows to the right, green downwards. */
export function gradient(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      data.set([(255 * x) / width, (255 * y) / height, 128], (y * width + x) * 3);
  }
  return { width, height, data };
}

/** A small task for the bundled checkpoint. */
export const task = (changes: Partial<Img2ImgTask> = {}): Img2ImgTask => ({
  checkpoint: STARTER,
  prompt: 'a red (house:1.2), mountains at dusk',
  negativePrompt: 'text',
  seed: 42n,
  batchSize: 1,
  steps: 4,
  cfg: 4,
  samplerName: 'euler',
  scheduler: 'normal',
  denoise: 0.75,
  width: 128,
  height: 128,
  image: gradient(128, 128),
  ...changes,
});

/** Stages by name, steps as `step/total`. */
export const summary = (events: readonly EngineEvent[]): string[] =>
  events.map((event) => (event.type === 'stage' ? event.stage : `${event.step}/${event.totalSteps}`));
