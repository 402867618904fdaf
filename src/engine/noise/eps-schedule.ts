import { exp, log } from '../float32/cephes.ts';
import type { NoiseSchedule } from './noise-schedule.ts';

const f32 = Math.fround;
const TRAINING_STEPS = 1000;
const LAST = TRAINING_STEPS - 1;
/** First and last β; √β grows linearly ("scaled linear", Rombach et al. 2022). */
const BETA_START = 0.00085;
const BETA_END = 0.012;
/** σ at percent 0: above every noise level, because a variance-exploding path has no upper end. */
const BEFORE_START = 999999999.9;

/** ᾱ of the last step with zero terminal SNR: small, but large enough for a finite σ. */
const HARDLY_ANY_SIGNAL = 4.8973451890853435e-8;

/** Options of epsSchedule. */
export interface EpsOptions {
  /** Whether the noise levels are rescaled to zero terminal SNR, for networks that were trained with it. */
  readonly zeroTerminalSnr?: boolean;
  /** Levels for the `align_your_steps` scheduler. */
  readonly aligned?: readonly number[];
}

/** The noise schedule of SD1.5, SD2 and SDXL, for networks that predict noise (`eps`) or `v`. */
export function epsSchedule(
  prediction: 'eps' | 'v' = 'eps',
  { zeroTerminalSnr = false, aligned }: EpsOptions = {},
): NoiseSchedule {
  const exact = zeroTerminalSnr ? withoutFinalSignal(trainingSigmas()) : trainingSigmas();
  const table = Float32Array.from(exact);
  const logTable = Float32Array.from(exact, Math.log);

  const sigma = (timestep: number): number => {
    const t = f32(Math.min(Math.max(timestep, 0), LAST));
    const low = logTable[Math.floor(t)]!;
    const high = logTable[Math.ceil(t)]!;
    const w = t - Math.floor(t);
    return exp(f32(f32(f32(1 - w) * low) + f32(w * high)));
  };

  return {
    prediction,
    table,
    ...(aligned && { aligned }),
    sigmaMin: table[0]!,
    sigmaMax: table[LAST]!,
    timestep: (sigma) => nearest(logTable, log(sigma)),
    sigma,
    percentToSigma(percent) {
      if (percent <= 0) return BEFORE_START;
      return percent >= 1 ? 0 : sigma((1 - percent) * LAST);
    },
  };
}

/** σ_i = √((1 - ᾱ_i) / ᾱ_i) with ᾱ_i = Π (1 - β_j), j ≤ i, in doubles. */
function trainingSigmas(): Float64Array {
  const start = Math.sqrt(BETA_START);
  const step = (Math.sqrt(BETA_END) - start) / LAST;
  let alphaBar = 1;
  return Float64Array.from({ length: TRAINING_STEPS }, (_, i) => {
    alphaBar *= 1 - (start + step * i) ** 2;
    return Math.sqrt((1 - alphaBar) / alphaBar);
  });
}

/**
 * Rescales √ᾱ to zero terminal SNR: Lin et al. 2024, "Common diffusion noise schedules and sample steps are
 * flawed", algorithm 1.
 */
function withoutFinalSignal(sigmas: Float64Array): Float64Array {
  const signals = sigmas.map((sigma) => Math.sqrt(1 / (sigma * sigma + 1)));
  const [first, last] = [signals[0]!, signals[LAST]!];
  return signals.map((signal, i) => {
    const alphaBar = i === LAST ? HARDLY_ANY_SIGNAL : ((signal - last) * (first / (first - last))) ** 2;
    return Math.sqrt((1 - alphaBar) / alphaBar);
  });
}

/** Index of the entry nearest to x; the first one in case of a tie. */
function nearest(ascending: Float32Array, x: number): number {
  let best = 0;
  let distance = Infinity;
  for (let i = 0; i < ascending.length; i++) {
    const d = f32(Math.abs(x - ascending[i]!));
    if (d < distance) {
      best = i;
      distance = d;
    }
  }
  return best;
}
