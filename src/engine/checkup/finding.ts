import type { Precision } from '../runtime/device.ts';

/** What a checkup looks at. */
export const CHECKUP_PARTS = [
  'driver',
  'libraries',
  'provider',
  'self-check',
  'largest value',
  'speed',
  'network',
  'vectors',
] as const;
export type CheckupPart = (typeof CHECKUP_PARTS)[number];

/** One thing that a checkup has looked at. */
export interface Finding {
  readonly part: CheckupPart;
  readonly name: string;
  readonly ok: boolean;
  /** What was found, in words; of a failure its cause. */
  readonly detail: string;
  /** What was measured: seconds, bytes, operations a second. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/** A checkpoint whose networks are loaded, run and timed. */
export interface CheckupModel {
  readonly checkpoint: string;
  /** Sides of the picture in pixels. */
  readonly side: number;
  /** Pictures that the diffusion network sees at a time: 2 with guidance. */
  readonly isGuided: boolean;
}

/** What a checkup is asked for. */
export interface CheckupRequest {
  /** A name that DEVICE takes, but `auto`. */
  readonly device: string;
  /** Of several CUDA cards. */
  readonly deviceIndex?: number;
  readonly precision: Precision;
  readonly models: readonly CheckupModel[];
}
