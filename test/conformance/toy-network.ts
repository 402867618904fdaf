import type { Network } from '../../src/engine/pipeline/guidance.ts';
import type { SampleOptions } from '../../src/engine/pipeline/sample.ts';

const f32 = Math.fround;

export interface ToyNetwork {
  readonly network: Network;
  /** Timestep of every evaluation so far. */
  readonly timesteps: number[];
  /** Latents in every evaluation: conditionings times batch. */
  readonly batchSizes: number[];
}

export interface ToyOptions {
  readonly shape: SampleOptions['shape'];
  /** How strongly each conditioning speaks. */
  readonly k: { readonly positive: number; readonly negative: number };
  /** Timesteps are told as a part of this. */
  readonly timestepScale: number;
}

/** The closed-form network of the golden sampler cases: smooth, non-linear, aware of channel, place and time. */
export function toyNetwork({ shape, k, timestepScale }: ToyOptions): ToyNetwork {
  const [batch, channels, height, width] = shape;
  const plane = height * width;
  const timesteps: number[] = [];
  const batchSizes: number[] = [];
  const network: Network = (u, timestep, conditionings) => {
    timesteps.push(timestep);
    batchSizes.push(conditionings.length * batch);
    const tn = f32(timestep / timestepScale);
    const out = new Float32Array(conditionings.length * u.length);
    let o = 0;
    for (const conditioning of conditionings) {
      const strength = f32(k[conditioning]);
      for (let i = 0; i < u.length; i++) {
        const at = i % plane;
        const c = Math.floor(i / plane) % channels;
        const nextChannel = c + 1 < channels ? i + plane : i - c * plane;
        const pos = ((2 * Math.floor(at / width) + (at % width) + c) % 5) - 2;
        const value = u[i]!;
        const q = f32(value / f32(1 + f32(value * value)));
        let n = f32(f32(f32(0.9) * value) + f32(f32(0.05) * u[nextChannel]!));
        n = f32(n + f32(f32(f32(0.2) + f32(f32(0.1) * strength)) * q));
        n = f32(n + f32(f32(f32(0.03) * strength) * pos));
        n = f32(n + f32(f32(0.02) * strength));
        out[o++] = n - f32(f32(0.05) * tn);
      }
    }
    return Promise.resolve(out);
  };
  return { network, timesteps, batchSizes };
}
