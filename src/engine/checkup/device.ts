import type { Device, Precision } from '../runtime/device.ts';
import { openDevice } from '../runtime/devices.ts';
import { checkFused } from '../runtime/fused-check.ts';
import { fusedOperatorsOf } from '../runtime/profiles.ts';
import { matmulSpeed, selfCheck } from '../runtime/self-check.ts';
import { speedText, type CheckupPart, type Finding } from './finding.ts';

/** Side lengths of the square matrices used to measure speed. */
const SIDES = { small: 1024, large: 4096 };

/** FLOP/s from which the large product takes less than a second. */
const FAST = 1e12;

/** Runs one check. An error that it throws becomes a failed finding with the error's message. */
export async function attempt(
  part: CheckupPart,
  name: string,
  work: () => Promise<Omit<Finding, 'part' | 'name' | 'ok'> & { readonly ok?: boolean }>,
): Promise<Finding> {
  try {
    return { part, name, ok: true, ...(await work()) };
  } catch (error) {
    return { part, name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Opens the device as an engine process does and reports the result. `device` is undefined if it cannot be
 * opened.
 */
export async function openForCheckup(
  name: string,
  precision: Precision,
): Promise<{ finding: Finding; device: Device | undefined }> {
  let device: Device | undefined;
  const start = performance.now();
  const finding = await attempt('provider', name, async () => {
    device = await openDevice(name, precision);
    const { compute, attention, fused } = device.profile;
    const seconds = (performance.now() - start) / 1000;
    const way = [compute.toLowerCase(), `${attention} attention`, ...(fused ?? [])].join(', ');
    const detail = `opens: ${way}, in ${seconds.toFixed(1)} s; ${device.reason}`;
    return { detail, numbers: { seconds } };
  });
  return { finding, device };
}

/**
 * Checks attention of every kind and width, fused operators and the largest value, and measures speed in both
 * precisions.
 */
export async function* checkDevice(device: Device): AsyncGenerator<Finding> {
  const { compute, attention, largestValue } = device.profile;
  for await (const { name, error, tolerance } of selfCheck(device)) {
    const detail = `${compute.toLowerCase()}, ${attention}: error ${error.toExponential(1)}, tolerance ${tolerance}`;
    yield { part: 'self-check', name, ok: error <= tolerance, detail, numbers: { error, tolerance } };
  }
  for (const operator of fusedOperatorsOf(device))
    yield attempt('self-check', operator, async () => {
      const results = [];
      for await (const result of checkFused(device, operator)) results.push(result);
      const wrong = results.find(({ error, tolerance }) => !(error <= tolerance));
      const error = Math.max(...results.map((result) => result.error));
      const tolerance = Math.max(...results.map((result) => result.tolerance));
      return {
        ok: wrong === undefined,
        detail: `fused, ${wrong ? `${wrong.name}: ` : ''}error ${(wrong?.error ?? error).toExponential(1)}, tolerance ${tolerance}`,
        numbers: { error, tolerance },
      };
    });
  yield {
    part: 'largest value',
    name: device.name,
    ok: true,
    ...(largestValue === Infinity
      ? { detail: 'no known limit' }
      : { detail: `${largestValue / 2 ** 20} MB are returned intact`, numbers: { bytes: largestValue } }),
  };
  for (const precision of ['F16', 'F32'] as const)
    yield attempt('speed', `matrix products in ${precision.toLowerCase()}`, async () => {
      const flopsPerSecond = await speedOf({ ...device, profile: { ...device.profile, compute: precision } });
      return { detail: speedText(flopsPerSecond), numbers: { flopsPerSecond } };
    });
}

/** Fast devices are measured again with matrices large enough to keep them busy. */
async function speedOf(device: Device): Promise<number> {
  const speed = await matmulSpeed(device, SIDES.small);
  return speed < FAST ? speed : Math.max(speed, await matmulSpeed(device, SIDES.large));
}
