import { beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint, type Checkpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { vaeDecoderGraph } from '../../../src/engine/networks/vae.ts';
import { createAutoencoder } from '../../../src/engine/pipeline/autoencoder.ts';
import { toBytes } from '../../../src/engine/pipeline/pixels.ts';
import { CPU, type Device } from '../../../src/engine/runtime/device.ts';
import { ModelCache } from '../../../src/engine/runtime/model-cache.ts';
import { gradient, STARTER } from '../tasks.ts';

/** In latent cells: two tiles of 32 × 32, side by side, when memory is short. */
const [HEIGHT, WIDTH] = [32, 44];

describe('the autoencoder of a trained checkpoint', () => {
  let checkpoint: Checkpoint;
  beforeAll(async () => {
    checkpoint = await openCheckpoint(STARTER);
  });

  async function roundTrip(memoryLimit: number) {
    const networks = new ModelCache({ device: CPU, memoryLimit });
    const autoencoder = createAutoencoder(checkpoint, networks);
    const ahead = [...autoencoder.encoder(HEIGHT, WIDTH), ...autoencoder.decoder(HEIGHT, WIDTH)];
    const latent = await autoencoder.encode(gradient(WIDTH * 8, HEIGHT * 8));
    const picture = toBytes(await autoencoder.decode(latent, HEIGHT, WIDTH));
    await networks.clear();
    return { ahead: ahead.map(({ name }) => name), latent, picture };
  }

  test('works in tiles where memory is short, without a seam', async () => {
    const whole = await roundTrip(2 ** 34);
    const tiled = await roundTrip(1);
    expect(whole.ahead).toEqual(['vae encoder 32x44', 'vae decoder 32x44']);
    expect(tiled.ahead).toHaveLength(6);
    expect(tiled.ahead).toContain(
      'vae decoder {"levels":"fine","height":32,"width":32,"statistics":"given"}',
    );
    expect([tiled.picture.width, tiled.picture.height]).toEqual([WIDTH * 8, HEIGHT * 8]);

    const latentError = difference(tiled.latent, whole.latent);
    expect(average(latentError.map(Math.abs))).toBeLessThan(
      0.01 * average(whole.latent.map(Math.abs)) + 0.05,
    );
    const error = difference(tiled.picture.data, whole.picture.data);
    expect(average(error.map(Math.abs))).toBeLessThan(1.5);
    // Where the tiles meet, the error is the same on both sides: nothing for an eye to see.
    const [from, to] = [(WIDTH - 32) * 8, 32 * 8];
    for (let x = from; x < to; x++) expect(Math.abs(jump(error, x)), `column ${x}`).toBeLessThan(0.1);
  });

  test('works in tiles where a device would cut the values of a whole picture', () => {
    const names = (largestValue: number) => {
      const device: Device = { ...CPU, profile: { ...CPU.profile, largestValue } };
      const autoencoder = createAutoencoder(checkpoint, new ModelCache({ device, memoryLimit: 2 ** 34 }));
      return autoencoder.decoder(64, 64).map(({ name }) => name);
    };
    const whole = vaeDecoderGraph(checkpoint, { batch: 1, height: 64, width: 64 }).largestValue;
    expect(names(whole)).toEqual(['vae decoder 64x64']);
    expect(names(whole - 1).length).toBeGreaterThan(1);
  });

  test('leaves pictures of a tile or less in one piece, however short memory is', () => {
    const networks = new ModelCache({ device: CPU, memoryLimit: 1 });
    const autoencoder = createAutoencoder(checkpoint, networks);
    expect(autoencoder.encoder(32, 32)).toHaveLength(1);
    expect(autoencoder.decoder(32, 33).length).toBeGreaterThan(1);
  });
});

const difference = (a: ArrayLike<number>, b: ArrayLike<number>): Float32Array =>
  Float32Array.from(a, (value, i) => value - b[i]!);

const average = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** How much a picture's values change from column x to the next, on average over rows and colours. */
function jump(picture: Float32Array, x: number): number {
  const at = (y: number, column: number, c: number) => picture[(y * WIDTH * 8 + column) * 3 + c]!;
  let sum = 0;
  for (let y = 0; y < HEIGHT * 8; y++) for (let c = 0; c < 3; c++) sum += at(y, x + 1, c) - at(y, x, c);
  return sum / (HEIGHT * 8 * 3);
}
