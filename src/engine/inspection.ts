import type { ControlSummary } from './adapters/control-file.ts';
import type { EmbeddingSummary } from './adapters/embedding-summary.ts';
import type { AdapterKind } from './adapters/kind.ts';
import type { LoraMismatch } from './adapters/mismatch.ts';
import type { LoraSummary } from './adapters/summary.ts';
import type { UpscalerSummary } from './adapters/upscaler-summary.ts';
import type { VaeSummary } from './adapters/vae-summary.ts';
import type { NumberWindow } from './checkpoint/finite.ts';
import type { CheckpointSummary } from './checkpoint/inspect.ts';

/** The kinds of inspections and their results. */
export interface Looks {
  readonly checkpoint: CheckpointSummary;
  readonly lora: LoraSummary;
  readonly embedding: EmbeddingSummary;
  readonly mismatch: LoraMismatch;
  readonly adapterKind: AdapterKind;
  readonly vae: VaeSummary;
  readonly tinyVae: VaeSummary;
  readonly upscaler: UpscalerSummary;
  readonly control: ControlSummary;
  /** Why a control cannot be used with a checkpoint; empty if it can. */
  readonly controlMisfit: string;
  /** The tensors of a weight file. */
  readonly numbers: readonly NumberWindow[];
}

/** A request to the inspection process. */
export interface Look {
  readonly kind: keyof Looks;
  readonly paths: readonly string[];
}

/** The answer if the file does not exist. */
export const NO_FILE = 'no file';
/** An answer of the inspection process; `found` is undefined if the file is of another kind. */
export type Answer = typeof NO_FILE | { readonly found: Looks[keyof Looks] | undefined };
