import { DeviceError } from '../errors.ts';
import type { FusedOperator } from '../graph/device-profile.ts';
import { linkProvider, multiplyExactly } from './cuda-provider.ts';
import { CPU, isDeviceName, DEVICE_NAMES, type Device, type Precision, type ProviderName } from './device.ts';
import { fusedFault } from './fused-check.ts';
import { loaderCause } from './loader-cause.ts';
import { fusedOperatorsOf, profilesOf, withLargestValue } from './profiles.ts';
import { attentionFault, largestValue, matmulSeconds } from './self-check.ts';
import { providers } from './session.ts';

/**
 * The order in which `auto` tries providers, the fastest first. CoreML compiles networks for minutes, so that
 * WebGPU comes before it.
 */
const PREFERENCE: readonly ProviderName[] = ['cuda', 'dml', 'webgpu', 'coreml'];

/**
 * Side lengths of the matrices with which `auto` compares devices to the CPU. A software driver would take
 * half a minute for the large ones.
 */
const SIDES = { small: 256, large: 1024 };

/**
 * Seconds by which a card may be slower on small matrices: launches, copies and a busy machine, whose cost
 * large matrices hide.
 */
const OVERHEAD = 0.03;

/** The measurements on which the choice of a device is based. */
export interface Probe {
  /** Links installed libraries into ONNX Runtime, and makes CUDA's float32 exact if requested. */
  prepare(name: ProviderName | 'auto', precision: Precision): void;
  /** Providers that this build of ONNX Runtime contains or may load. */
  providers(): readonly string[];
  /**
   * Which kind of attention is wrong, and by how much. Throws DeviceError if the device does not load or run.
   */
  attentionFault(device: Device): Promise<string | undefined>;
  /** What is wrong with a fused operator. Throws DeviceError. */
  fusedFault(device: Device, operator: FusedOperator): Promise<string | undefined>;
  /** Seconds for products of square matrices. Throws DeviceError. */
  matmulSeconds(device: Device, side: number): Promise<number>;
  /** Bytes of the largest value that is returned intact. Throws DeviceError. */
  largestValue(device: Device): Promise<number>;
  /** Why the libraries of a device cannot be loaded; undefined if they can, or if the cause is unknown. */
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
 * Chooses the device of an engine process. A named device must load and pass the attention check. `auto`
 * takes the first accelerator that multiplies matrices faster than the CPU (software drivers do not) and
 * passes the check, or else the CPU. Throws DeviceError if a named device does not work.
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
    return { ...device, reason: ['chosen by name', device.reason].filter(Boolean).join('; ') };
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
  reason: 'chosen by name',
});

/**
 * Whether a candidate multiplies matrices faster than the CPU. Small ones come first and rule out slow
 * candidates. Throws DeviceError.
 */
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

/**
 * The device with the fastest profile that passes the attention check. Its reason lists the fused operators
 * that it does without. Throws DeviceError.
 */
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

/** The device with those fused operators that pass their check. */
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
  // An operator that failed to run may have broken the device.
  const broken = failed.length > 0 ? await probe.attentionFault(device) : undefined;
  if (broken !== undefined) throw new DeviceError(`${broken}, after ${without.join('; ')}`);
  const profile = right.length === 0 ? device.profile : { ...device.profile, fused: new Set(right) };
  return { ...device, profile, reason: without.join('; ') };
}

/** Adds the loader's cause, which ONNX Runtime omits. Throws errors other than DeviceError. */
function explained(name: ProviderName, error: unknown, probe: Probe): DeviceError {
  if (!(error instanceof DeviceError)) throw error;
  const cause = /load shared library/i.test(error.message) ? probe.loaderCause(name) : undefined;
  return cause === undefined ? error : new DeviceError(`${error.message}: ${cause}`, { cause: error });
}
