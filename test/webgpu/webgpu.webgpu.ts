import { beforeAll, describe, expect, test } from 'vitest';
import { startEngine } from '../../src/engine/index.ts';
import type { Device } from '../../src/engine/runtime/device.ts';
import { openDevice } from '../../src/engine/runtime/devices.ts';
import { nets } from '../conformance/nets.ts';
import { task } from '../engine/tasks.ts';

/** Shaders of half precision take a software driver minutes to compile. */
const PRECISION = 'f32';

describe('WebGPU', () => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice('webgpu', PRECISION);
  });

  test('opens, with an attention that its self-check passes', () => {
    expect(device).toMatchObject({ name: 'webgpu', profile: { compute: 'F32' } });
  });

  test('makes the picture of the CPU within 1 of 255', async () => {
    const small = task({ width: 64, height: 64, image: null, denoise: 1 });
    const pictures = [];
    for (const name of ['cpu', 'webgpu']) {
      const engine = startEngine({ device: name, precision: PRECISION, memoryLimit: 4 * 2 ** 30 });
      const { images } = await engine.run(small, {
        signal: new AbortController().signal,
        onEvent: () => undefined,
      });
      await engine.close();
      pictures.push(images[0]!.data);
    }
    const [cpu, webgpu] = pictures;
    expect(new Set(cpu).size).toBeGreaterThan(50);
    expect(Math.max(...cpu!.map((value, i) => Math.abs(value - webgpu![i]!)))).toBeLessThanOrEqual(1);
  });

  test('agrees with the golden vectors of every network', async () => {
    const { cases, failures } = await nets('test/golden', { device });
    expect({ cases, failures }).toEqual({ cases: 42, failures: [] });
  });
});
