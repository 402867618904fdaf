import { DeviceError } from '../errors.ts';
import type { FusedOperator } from '../graph/device-profile.ts';
import { linkProvider, multiplyExactly } from './cuda-provider.ts';
import { CPU, isDeviceName, DEVICE_NAMES, type Device, type Precision, type ProviderName } from './device.ts';
import { fusedFault } from './fused-check.ts';
import { loaderCause } from './loader-cause.ts';
import { fusedOperatorsOf, profilesOf, withLargestValue } from './profiles.ts';
import { attentionFault, largestValue, matmulSeconds } from './self-check.ts';
import { providers } from './session.ts';

/** What `auto` tries, the fastest kind first. CoreML's binding compiles for minutes, so that WebGPU comes before it. */
const PREFERENCE: readonly ProviderName[] = ['cuda', 'dml', 'webgpu', 'coreml'];

/** Sides of the matrices that `auto` compares with the CPU: on the large ones a software driver takes half a minute. */
const SIDES = { small: 256, large: 1024 };

/** Seconds that a card may lose on small matrices to what large ones hide: launches, copies, a busy machine. */
const OVERHEAD = 0.03;

/** The measurements that choose a device. */
export interface Probe {
  /** Puts what was installed where ONNX Runtime looks for it, and has CUDA's float32 exact where that is asked for. */
  prepare(name: ProviderName | 'auto', precision: Precision): void;
  /** Names of the providers that this build of ONNX Runtime has or could load. */
  providers(): readonly string[];
  /** Which attention is wrong, and by how much. Throws DeviceError if the device does not load or run. */
  attentionFault(device: Device): Promise<string | undefined>;
  /** What is wrong with an operator that takes the place of several. Throws DeviceError. */
  fusedFault(device: Device, operator: FusedOperator): Promise<string | undefined>;
  /** Seconds that products of square matrices of a side take. Throws DeviceError. */
  matmulSeconds(device: Device, side: number): Promise<number>;
  /** Bytes of the largest value that comes back whole. Throws DeviceError. */
  largestValue(device: Device): Promise<number>;
  /** Why the libraries of a device do not load; undefined if they do, or if the cause is unknown. */
  loaderCause(name: ProviderName): string | undefined;
}

const PROBE: Probe = {
  prepare(name, precision) {
    linkProvider();
    if (precision === 'f32' && (name === 'cuda' || name === 'auto')) multiplyExactly();
  },
  providers,
  attentionFault,
  fusedFault,
  matmulSeconds,
  largestValue,
  loaderCause,
};

/**
 * Chooses the device of an engine process. A named one must load and compute attention rightly; `auto` takes the first
 * accelerator that does and, before that, multiplies matrices faster than the CPU (software drivers do not), else the CPU.
 * Throws DeviceError if the named device does not work.
 */
export async function openDevice(
  name: string,
  precision: Precision = 'auto',
  probe: Probe = PROBE,
): Promise<Device> {
  if (!isDeviceName(name)) throw new DeviceError(`DEVICE "${name}" is not one of ${DEVICE_NAMES.join(', ')}`);
  if (name === 'cpu') return openCpu(precision);
  probe.prepare(name, precision);
  if (name !== 'auto') {
    const device = await check(name, precision, probe);
    return { ...device, reason: ['requested', device.reason].filter(Boolean).join('; ') };
  }
  const refusals: string[] = [];
  for (const candidate of PREFERENCE.filter((name) => probe.providers().includes(name))) {
    try {
      const { isFaster, verdict } = await compareWithCpu(candidate, probe);
      if (isFaster) {
        const device = await check(candidate, precision, probe);
        return {
          ...device,
          reason: [
            [`passed its self-check, ${verdict}`, device.reason].filter(Boolean).join('; '),
            ...refusals,
          ].join('; refused: '),
        };
      }
      refusals.push(`${candidate}: ${verdict}`);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      refusals.push(error.message);
    }
  }
  const why = `no accelerator is better (${refusals.join('; ') || 'none was found'})`;
  return { ...openCpu(precision), reason: why };
}

const openCpu = (precision: Precision): Device => (precision === 'f16' ? deviceOf('cpu', precision) : CPU);

const deviceOf = (name: ProviderName, precision: Precision): Device => ({
  name,
  profile: profilesOf(name, precision)[0]!,
  reason: 'requested',
});

/** Whether a candidate multiplies matrices faster than the CPU: small ones first, which a slow one ends with. Throws DeviceError. */
async function compareWithCpu(
  name: ProviderName,
  probe: Probe,
): Promise<{ isFaster: boolean; verdict: string }> {
  const candidate = deviceOf(name, 'f32');
  const seconds = (side: number) =>
    probe.matmulSeconds(candidate, side).catch((error: unknown) => {
      throw explained(name, error, probe);
    });
  const first = await seconds(SIDES.small);
  const cpu = await probe.matmulSeconds(CPU, SIDES.small);
  const isSlow = (small: number) => small > cpu + OVERHEAD;
  const small = isSlow(first) ? Math.min(first, await seconds(SIDES.small)) : first;
  if (isSlow(small)) {
    const verdict = `slower than the CPU: ${(small * 1000).toFixed()} against ${(cpu * 1000).toFixed()} ms`;
    return { isFaster: false, verdict };
  }
  const large = await seconds(SIDES.large);
  const ratio = (await probe.matmulSeconds(CPU, SIDES.large)) / large;
  const verdict = `${ratio.toFixed(1)} times the CPU's speed`;
  return ratio > 1 ? { isFaster: true, verdict } : { isFaster: false, verdict: `only ${verdict}` };
}

/** The device with the best profile under which its attention is right; its reason says what it does without. Throws DeviceError. */
async function check(name: ProviderName, precision: Precision, probe: Probe): Promise<Device> {
  const faults = new Set<string>();
  let bytes: number | undefined;
  for (const untried of profilesOf(name, precision)) {
    try {
      bytes ??= await probe.largestValue({ name, profile: untried, reason: '' });
      const device: Device = { name, profile: withLargestValue(untried, bytes), reason: '' };
      const fault = await probe.attentionFault(device);
      if (fault === undefined) return await withFused(device, probe);
      faults.add(fault);
    } catch (error) {
      faults.add(explained(name, error, probe).message);
    }
  }
  throw new DeviceError([...faults].join('; '));
}

/** The device with those operators that take the place of several and that compute there what these do. */
async function withFused(device: Device, probe: Probe): Promise<Device> {
  const right: FusedOperator[] = [];
  const without: string[] = [];
  const failed: FusedOperator[] = [];
  for (const operator of fusedOperatorsOf(device)) {
    const fault = await probe.fusedFault(device, operator).catch((error: unknown) => {
      if (!(error instanceof DeviceError)) throw error;
      failed.push(operator);
      return error.message;
    });
    if (fault === undefined) right.push(operator);
    else without.push(`without ${operator}: ${fault}`);
  }
  // An operator that did not run may have taken the device down with it.
  const broken = failed.length > 0 ? await probe.attentionFault(device) : undefined;
  if (broken !== undefined) throw new DeviceError(`${broken}, after ${without.join('; ')}`);
  const profile = right.length === 0 ? device.profile : { ...device.profile, fused: new Set(right) };
  return { ...device, profile, reason: without.join('; ') };
}

/** The error with the cause that ONNX Runtime keeps to itself. Throws what is no DeviceError. */
function explained(name: ProviderName, error: unknown, probe: Probe): DeviceError {
  if (!(error instanceof DeviceError)) throw error;
  const cause = /load shared library/i.test(error.message) ? probe.loaderCause(name) : undefined;
  return cause === undefined ? error : new DeviceError(`${error.message}: ${cause}`, { cause: error });
}
