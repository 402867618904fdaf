import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { selectPart } from '../checkpoint/parts.ts';
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';
import { CheckpointError } from '../errors.ts';
import { FAMILIES, MODEL_FAMILIES, type ModelFamily } from '../families/index.ts';
import { inspectPart, type PartSummary } from './part-summary.ts';

/** Summary of a VAE or tiny decoder file, read from its header. */
export interface VaeSummary extends PartSummary {
  /** Families whose latents it encodes and decodes, judged by the shapes of its weights. */
  readonly families: readonly ModelFamily[];
  /** Present for tiny decoders, which cannot replace a VAE. */
  readonly tiny?: true;
}

/** Builds the VAE's networks. Throws CheckpointError for a missing, unknown or misshapen key. */
export type CheckVae = (checkpoint: Pick<Checkpoint, 'family' | 'weights'>) => void;

/** Inspects a VAE. Returns undefined if the file is something else. */
export const inspectVae = (path: string, check: CheckVae): Promise<VaeSummary | undefined> =>
  inspectPart(path, 'vae', { families: [] }, (file) => ({ families: familiesOf(file, check) }));

function familiesOf(file: SafetensorsFile, check: CheckVae): ModelFamily[] {
  const failures: CheckpointError[] = [];
  const families = MODEL_FAMILIES.toReversed().filter((family) => {
    const { parts, latent } = FAMILIES[family];
    try {
      const source = selectPart(
        file,
        parts.find(({ name }) => name === 'vae')!,
      );
      const [, channels] = source.get('decoder.conv_in.weight').shape;
      if (channels !== latent.channels) return false;
      check({ family, weights: () => source });
      return true;
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      failures.push(error);
      return false;
    }
  });
  if (families.length > 0) return families;
  const known = [...new Set(Object.values(FAMILIES).map(({ latent }) => latent.channels))].join(' or ');
  throw failures[0] ?? new CheckpointError(`${file.name}: expected a VAE of ${known} latent channels`);
}
