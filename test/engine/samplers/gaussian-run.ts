import { BrownianTree } from '../../../src/engine/random/brownian.ts';
import { TorchGenerator } from '../../../src/engine/random/normal.ts';
import { diffusionPath, flowPath } from '../../../src/engine/samplers/noise-path.ts';
import type { Run, StepReport } from '../../../src/engine/samplers/sampler.ts';

/** Images of this model are Gaussian with this deviation in every value, which makes everything about it known exactly. */
export const IMAGE_DEVIATION = 0.5;

export const PATHS = { diffusion: diffusionPath, flow: flowPath } as const;
export type PathName = keyof typeof PATHS;

const signalAt = (path: PathName, sigma: number): number => (path === 'flow' ? 1 - sigma : 1);

/** The deviation of x at noise level σ; the exact solution of the probability flow ODE grows and shrinks with it. */
export const deviationAt = (path: PathName, sigma: number): number =>
  Math.hypot(signalAt(path, sigma) * IMAGE_DEVIATION, sigma);

/** A run on the Gaussian model with its best denoiser E[image | x]; what was reported in it, and copies of that at the time. */
export function gaussianRun(path: PathName, sigmas: Float32Array, count: number) {
  const reports: StepReport[] = [];
  const copies: StepReport[] = [];
  const report = (entry: StepReport): void => {
    reports.push(entry);
    copies.push({ ...entry, x: entry.x.slice(), denoised: entry.denoised.slice() });
  };
  const noise = new TorchGenerator(1n);
  const lowest = sigmas.findLast((sigma) => sigma > 0)!;
  const brownian = new BrownianTree(lowest, sigmas[0]!, 1n, count);
  let evaluations = 0;
  const evaluate = (x: Float32Array, sigma: number): Promise<Float32Array> => {
    evaluations++;
    const gain = (signalAt(path, sigma) * IMAGE_DEVIATION ** 2) / deviationAt(path, sigma) ** 2;
    return Promise.resolve(x.map((value) => gain * value));
  };
  const run: Run = {
    sigmas,
    steps: Array.from(sigmas.subarray(1), (next, index) => ({ index, sigma: sigmas[index]!, next })),
    path: PATHS[path],
    sigmaAfter: (part) => sigmas[0]! ** (1 - part) * lowest ** part,
    eta: 1,
    report,
    evaluate,
    async evaluateBoth(x, sigma) {
      const denoised = await evaluate(x, sigma);
      return { denoised, uncond: denoised };
    },
    async predict(x, { index, sigma }) {
      const denoised = await evaluate(x, sigma);
      report({ index, sigma, x, denoised });
      return denoised;
    },
    async predictBoth(x, step) {
      const denoised = await run.predict(x, step);
      return { denoised, uncond: denoised };
    },
    noise: () => noise.normal(count),
    brownian: (from, to) => brownian.noise(from, to),
  };
  return { run, reports, copies, evaluations: () => evaluations };
}

/** `steps` steps down from `first` to `last`, evenly in ln σ, and then to 0 if asked for. */
export function geometricSigmas(first: number, last: number, steps: number, toZero = false): Float32Array {
  const levels = Array.from({ length: steps + 1 }, (_, i) => first * (last / first) ** (i / steps));
  return Float32Array.from(toZero ? [...levels, 0] : levels);
}
