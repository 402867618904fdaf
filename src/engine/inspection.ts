import type { ControlSummary } from './adapters/control-file.ts';
import type { EmbeddingSummary } from './adapters/embedding-summary.ts';
import type { AdapterKind } from './adapters/kind.ts';
import type { LoraMismatch } from './adapters/mismatch.ts';
import type { LoraSummary } from './adapters/summary.ts';
import type { UpscalerSummary } from './adapters/upscaler-summary.ts';
import type { VaeSummary } from './adapters/vae-summary.ts';
import type { CheckpointSummary } from './checkpoint/checkpoint.ts';

/** The kinds of file that can be looked at, and the summary of each. */
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
}

/** What is asked of the process that looks at files. */
export interface Look {
  readonly kind: keyof Looks;
  readonly paths: readonly string[];
}

/** The answer where there is no file; otherwise what was found, undefined if it is no such file. */
export const NO_FILE = 'no file';
export type Answer = typeof NO_FILE | { readonly found: Looks[keyof Looks] | undefined };
