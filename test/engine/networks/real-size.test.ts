import { describe, expect, test } from 'vitest';
import type { Checkpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import type { DType } from '../../../src/engine/checkpoint/safetensors.ts';
import { isFlow, textEncodersOf } from '../../../src/engine/families/index.ts';
import type { DeviceProfile } from '../../../src/engine/graph/device-profile.ts';
import type { NetworkGraph } from '../../../src/engine/graph/graph.ts';
import { clipTextGraph } from '../../../src/engine/networks/clip-text.ts';
import { diffusionNetworkOf } from '../../../src/engine/networks/diffusion.ts';
import { FLUX_GRAPHS } from '../../../src/engine/networks/flux.ts';
import { t5EncoderGraph } from '../../../src/engine/networks/t5-encoder.ts';
import { unetGraph } from '../../../src/engine/networks/unet.ts';
import { vaeDecoderGraph, vaeEncoderGraph } from '../../../src/engine/networks/vae.ts';
import { profilesOf } from '../../../src/engine/runtime/profiles.ts';
import { realSizeCheckpoint, type RealModel } from '../checkpoint/real-size.ts';

const GiB = 2 ** 30;

const [HALF, HALF_PLAIN] = profilesOf('cuda', 'f16') as [DeviceProfile, DeviceProfile];
const [SINGLE, SINGLE_PLAIN] = profilesOf('cuda', 'f32') as [DeviceProfile, DeviceProfile];
const [WEBGPU] = profilesOf('webgpu', 'f16') as [DeviceProfile];

/** The networks that a picture of so many latent cells a side needs. */
function networks(checkpoint: Checkpoint, profile: DeviceProfile, side = 64): NetworkGraph[] {
  const size = { batch: 1, height: side, width: side, profile };
  const vae = [vaeEncoderGraph(checkpoint, size), vaeDecoderGraph(checkpoint, size)];
  const texts = textEncodersOf(checkpoint.family).map((part) =>
    part === 't5'
      ? t5EncoderGraph(checkpoint, { tokens: 256, profile })
      : clipTextGraph(checkpoint, { batch: 1, part, profile }),
  );
  const both = isFlow(checkpoint.family) ? { tokens: 256 } : { batch: 2, tokens: 77 };
  const parts = diffusionNetworkOf(checkpoint).graphs.map((graph) => graph(checkpoint, { ...size, ...both }));
  return [...texts, ...parts, ...vae];
}

const sum = (graphs: readonly NetworkGraph[], bytes: 'heldBytes' | 'weightBytes') =>
  graphs.reduce((total, graph) => total + graph[bytes], 0);

describe('weights on a device take hardly more than in their files', () => {
  test.for<[RealModel, DType | undefined]>([
    ['sd15', undefined],
    ['sd21', undefined],
    ['sd21_short', undefined],
    ['sdxl_refiner', undefined],
    ['sdxl', undefined],
    ['flux', undefined],
    ['flux', 'F8_E4M3'],
  ])('of %s, diffusion network %s', async ([model, dtype]) => {
    const checkpoint = await realSizeCheckpoint(model, dtype);
    for (const profile of [HALF, SINGLE]) {
      for (const graph of networks(checkpoint, profile))
        expect(graph.heldBytes / graph.weightBytes, graph.name).toBeLessThanOrEqual(1.05);
    }
  });

  test('and half as much where float32 is computed in half precision', async () => {
    const graphs = networks(await realSizeCheckpoint('sd15', 'F32'), HALF);
    const unet = graphs.find(({ name }) => name === 'unet')!;
    expect(unet.heldBytes / unet.weightBytes).toBe(0.5);
    expect(sum(graphs, 'heldBytes') / sum(graphs, 'weightBytes')).toBeLessThan(0.62);
  });

  test('but twice as much of eight bits where the device cannot widen them', async () => {
    const checkpoint = await realSizeCheckpoint('flux', 'F8_E4M3');
    const [first] = FLUX_GRAPHS.map((graph) =>
      graph(checkpoint, { batch: 1, height: 64, width: 64, tokens: 256, profile: WEBGPU }),
    );
    expect(first!.heldBytes / first!.weightBytes).toBeCloseTo(2, 2);
  });
});

describe('plain attention over chunks of queries', () => {
  test.for([
    ['sd15', 128, 9],
    ['sdxl', 128, 1.5],
    ['sdxl', 256, 6],
  ] as const)('takes at most 1.5 GiB more than fused: %s, %i cells a side', async ([model, side, times]) => {
    const checkpoint = await realSizeCheckpoint(model);
    for (const [fused, plain] of [
      [HALF, HALF_PLAIN],
      [SINGLE, SINGLE_PLAIN],
    ] as const) {
      const peak = (profile: DeviceProfile) =>
        unetGraph(checkpoint, { batch: 2, height: side, width: side, tokens: 77, profile }).activationBytes;
      expect(peak(plain) - peak(fused)).toBeLessThan(1.5 * GiB);
      expect(peak({ ...plain, scoreBytes: Infinity }) / peak(plain)).toBeGreaterThan(times);
    }
  });
});
