import { CPU_PROFILE, type DeviceProfile } from '../graph/device-profile.ts';

/** The values of DEVICE. */
export const DEVICE_NAMES = ['auto', 'cpu', 'cuda', 'webgpu', 'coreml', 'dml'] as const;
/** One of DEVICE_NAMES. */
export type DeviceName = (typeof DEVICE_NAMES)[number];

/** Whether a text is a value of DEVICE. */
export function isDeviceName(name: string): name is DeviceName {
  return (DEVICE_NAMES as readonly string[]).includes(name);
}

/** ONNX Runtime's name of a device. */
export type ProviderName = Exclude<DeviceName, 'auto'>;

/**
 * The values of PRECISION. `auto` uses half precision if the device passes its self-check with it; never on
 * the CPU.
 */
export const PRECISIONS = ['auto', 'f16', 'f32'] as const;
/** One of PRECISIONS. */
export type Precision = (typeof PRECISIONS)[number];

/** A working execution provider and its profile. */
export interface Device {
  readonly name: ProviderName;
  readonly profile: DeviceProfile;
  /** Why it was chosen. */
  readonly reason: string;
}

/** The CPU, which is always available. */
export const CPU: Device = { name: 'cpu', profile: CPU_PROFILE, reason: 'chosen by name' };
