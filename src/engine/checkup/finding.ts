import type { Precision } from '../runtime/device.ts';

/** The parts of a checkup. */
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
/** One of CHECKUP_PARTS. */
export type CheckupPart = (typeof CHECKUP_PARTS)[number];

/** The result of one check. */
export interface Finding {
  readonly part: CheckupPart;
  readonly name: string;
  readonly ok: boolean;
  /** Result in words; the cause of a failure. */
  readonly detail: string;
  /** Measurements: seconds, bytes, FLOP/s. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/** A checkpoint whose networks are loaded, run and timed. */
export interface CheckupModel {
  readonly checkpoint: string;
  /** Sides of the picture in pixels. */
  readonly side: number;
  /** Whether the diffusion network runs with batch size 2, as with guidance. */
  readonly isGuided: boolean;
}

/** What a checkup should examine. */
export interface CheckupRequest {
  /** A value of DEVICE other than `auto`. */
  readonly device: string;
  /** Index of the CUDA card. */
  readonly deviceIndex?: number;
  readonly precision: Precision;
  readonly models: readonly CheckupModel[];
}

/** Operations a second, in the unit that suits a card or a CPU. */
export const speedText = (flopsPerSecond: number): string =>
  flopsPerSecond < 1e12
    ? `${(flopsPerSecond / 1e9).toPrecision(3)} GFLOP/s`
    : `${(flopsPerSecond / 1e12).toPrecision(3)} TFLOP/s`;
