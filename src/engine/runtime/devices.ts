import { DeviceError } from '../errors.ts';
import type { DeviceProfile } from '../graph/device-profile.ts';
import { attentionError, matmulSeconds } from './self-check.ts';
import { providers } from './session.ts';
import { CPU, isDeviceName, DEVICE_NAMES, type Device, type ProviderName } from './device.ts';

/** What `auto` tries, the fastest kind first. */
const PREFERENCE: readonly ProviderName[] = ['cuda', 'dml', 'coreml', 'webgpu'];

/** Largest relative error of attention on a device; its matrix products may round to 10 bits (TF32). */
const TOLERANCE = 5e-3;

/** Accelerators take the weights in at load; their attention kernel is used if it proves right. */
const ACCELERATOR: readonly DeviceProfile[] = [
  { attention: 'fused', widenInRunFrom: Infinity },
  { attention: 'plain', widenInRunFrom: Infinity },
];

/**
 * Chooses the device of an engine process. A named one must load and compute attention rightly; `auto` takes the first
 * accelerator that does and also multiplies matrices faster than the CPU (software drivers do not), else the CPU.
 * Throws DeviceError if the named device does not work.
 */
export async function openDevice(
  name: string,
  probe: Probe = { providers, attentionError, matmulSeconds },
): Promise<Device> {
  if (!isDeviceName(name)) throw new DeviceError(`DEVICE "${name}" is not one of ${DEVICE_NAMES.join(', ')}`);
  if (name === 'cpu') return CPU;
  if (name !== 'auto') return { ...(await check(name, probe)), reason: 'asked for' };
  const refusals: string[] = [];
  for (const candidate of PREFERENCE.filter((name) => probe.providers().includes(name))) {
    try {
      const device = await check(candidate, probe);
      const ratio = (await probe.matmulSeconds(CPU)) / (await probe.matmulSeconds(device));
      const verdict = `${ratio.toFixed(1)} times the CPU's speed`;
      if (ratio > 1) return { ...device, reason: `passed its self-check, ${verdict}` };
      refusals.push(`${candidate}: only ${verdict}`);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      refusals.push(error.message);
    }
  }
  return { ...CPU, reason: `no accelerator is better (${refusals.join('; ') || 'there is none'})` };
}

/** The measurements that choose a device. */
export interface Probe {
  /** Names of the providers that this build of ONNX Runtime has or could load. */
  providers(): readonly string[];
  /** Largest relative error of attention against a reference. Throws DeviceError if the device does not load. */
  attentionError(device: Device): Promise<number>;
  /** Seconds that a matrix product takes. */
  matmulSeconds(device: Device): Promise<number>;
}

/** The device with the best profile under which its attention is right. Throws DeviceError. */
async function check(name: ProviderName, probe: Probe): Promise<Device> {
  const errors: number[] = [];
  for (const profile of ACCELERATOR) {
    const device: Device = { name, profile, reason: '' };
    const error = await probe.attentionError(device);
    if (error <= TOLERANCE) return device;
    errors.push(error);
  }
  throw new DeviceError(
    `attention on ${name} is wrong by ${errors.map((error) => error.toPrecision(2)).join(' and ')}`,
  );
}
