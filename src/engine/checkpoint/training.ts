import { CheckpointError } from '../errors.ts';
import type { Prediction } from '../families/family.ts';
import { FAMILIES, type ModelFamily } from '../families/index.ts';
import { readNumbers } from './numbers.ts';
import { withRegularFile } from './regular-file.ts';
import type { SafetensorsFile } from './safetensors.ts';
import type { Sidecar } from './sidecar.ts';

/** How a diffusion network was trained. */
export interface Training {
  readonly prediction: Prediction;
  /** Whether its last noise level leaves no signal (zero terminal SNR). */
  readonly zeroTerminalSnr: boolean;
}

/**
 * How a checkpoint was trained, by its contents and its sidecar, which takes precedence. Throws
 * CheckpointError for settings that the family does not support.
 */
export async function trainingOf(
  family: ModelFamily,
  main: SafetensorsFile,
  sidecar: Sidecar,
): Promise<Training> {
  const { predictions } = FAMILIES[family];
  const { zero_terminal_snr: given } = sidecar;
  const prediction = sidecar.prediction ?? ((await predictsVelocity(family, main)) ? 'v' : predictions[0]);
  if (!predictions.includes(prediction)) {
    throw new CheckpointError(
      `${main.name}: the sidecar's prediction is "${prediction}", expected ${predictions.join(' or ')} for ${family}`,
    );
  }
  if (given && prediction !== 'v')
    throw new CheckpointError(
      `${main.name}: the sidecar's zero_terminal_snr requires the prediction "v", found "${prediction}"`,
    );
  const endsInNoise = given ?? (main.tensors.has('ztsnr') || isTrue(main.metadata['ss_zero_terminal_snr']));
  return { prediction, zeroTerminalSnr: prediction === 'v' && endsInNoise };
}

/**
 * Whether the network predicts v: by the marker tensor `v_pred`, the trainer's metadata, or the spread of a
 * weight that distinguishes v-prediction in this family.
 */
async function predictsVelocity(family: ModelFamily, main: SafetensorsFile): Promise<boolean> {
  const { predictions, velocitySign, input, latent, parts } = FAMILIES[family];
  if (!predictions.includes('v')) return false;
  if (main.tensors.has('v_pred')) return true;
  const noted = main.metadata['modelspec.prediction_type'];
  if (noted !== undefined) return noted.startsWith('v');
  if (!velocitySign) return false;
  const { prefixes } = parts.find(({ name }) => name === 'unet')!;
  const tensor = (key: string) =>
    prefixes.map((prefix) => main.tensors.get(prefix + key)).find((window) => window !== undefined);
  const vector = tensor(velocitySign.key);
  const isOrdinary = tensor(input.key)?.shape[1] === latent.channels;
  if (!vector || !isOrdinary) return false;
  const numbers = await withRegularFile(vector.file, (handle) => readNumbers(handle, vector, main.name));
  return deviation(numbers) > velocitySign.above;
}

/** Standard deviation of a population. */
function deviation(numbers: Float64Array): number {
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  return Math.sqrt(numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / numbers.length);
}

const isTrue = (note: string | undefined): boolean => note?.toLowerCase() === 'true';
