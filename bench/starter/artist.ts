import { openCheckpoint } from '../../src/engine/checkpoint/checkpoint.ts';
import type { SchedulerName } from '../../src/engine/noise/names.ts';
import { createModel } from '../../src/engine/pipeline/families.ts';
import type { Network } from '../../src/engine/pipeline/guidance.ts';
import { toBytes } from '../../src/engine/pipeline/pixels.ts';
import { sample } from '../../src/engine/pipeline/sample.ts';
import { planSampling } from '../../src/engine/pipeline/sampling-plan.ts';
import type { RgbImage } from '../../src/engine/pipeline/types.ts';
import { CPU } from '../../src/engine/runtime/device.ts';
import { ModelCache } from '../../src/engine/runtime/model-cache.ts';
import type { SamplerName } from '../../src/engine/samplers/names.ts';

/** A picture to draw. */
export interface Drawing {
  readonly prompt: string;
  readonly seed: number;
  readonly steps: number;
  readonly cfg: number;
  readonly samplerName: SamplerName;
  readonly scheduler: SchedulerName;
  /** Source of img2img with strength `denoise`; from noise if absent. */
  readonly source?: RgbImage;
  readonly denoise?: number;
}

/** A drawn picture. */
export interface Drawn {
  readonly picture: RgbImage;
  /** Seconds from the start of sampling to the decoded picture. */
  readonly seconds: number;
}

/** Timesteps between which the weight of the prompt rises from 0 to 1. */
export interface WordBounds {
  readonly quiet: number;
  readonly speaking: number;
}

/**
 * Returns a function that draws square pictures with the engine's text encoder, samplers and VAE. With
 * `words`, the sampler weights the prompt by timestep, which is what tools/starter/train_strength.py teaches.
 */
export async function openArtist(
  path: string,
  size: number,
  words?: WordBounds,
): Promise<(drawing: Drawing) => Promise<Drawn>> {
  const cache = new ModelCache({ device: CPU, memoryLimit: 2 ** 33 });
  const model = createModel(await openCheckpoint(path), cache);
  const { schedule, latentFormat, latentChannels: channels, cellSize } = model;
  const shape = { batch: 1, height: size / cellSize, width: size / cellSize };
  const cells = shape.height * shape.width;
  return async ({ prompt, seed, cfg, source, denoise = 1, ...settings }) => {
    const positive = await model.encodePrompt(prompt);
    const negative = await model.encodePrompt('');
    const latent = source ? await model.encodeImage(source) : new Float32Array(channels * cells);
    const network = model.network({ positive, negative }, shape);
    const start = performance.now();
    const result = await sample({
      plan: planSampling({ ...settings, schedule, denoise }),
      network: words ? withWeightedWords(network, words) : network,
      cfg,
      seed: BigInt(seed),
      latent,
      shape: [1, channels, shape.height, shape.width],
      latentFormat,
    });
    const picture = toBytes(await model.decode(result, shape.height, shape.width));
    return { picture, seconds: (performance.now() - start) / 1000 };
  };
}

/** Mixes the outputs for the prompt and for the negative prompt, which must be empty, by timestep. */
function withWeightedWords(network: Network, { quiet, speaking }: WordBounds): Network {
  return async (u, timestep, conditionings, sigma) => {
    const share = Math.min(Math.max((timestep - quiet) / (speaking - quiet), 0), 1);
    const weight = share * share * (3 - 2 * share);
    if (weight === 1) return network(u, timestep, conditionings, sigma);
    const without = await network(u, timestep, ['negative'], sigma);
    const told = weight > 0 ? await network(u, timestep, ['positive'], sigma) : without;
    const mixed = without.map((value, i) => value + weight * (told[i]! - value));
    const result = new Float32Array(conditionings.length * without.length);
    conditionings.forEach((which, i) =>
      result.set(which === 'positive' ? mixed : without, i * without.length),
    );
    return result;
  };
}
