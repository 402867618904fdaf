import { CPU_PROFILE, type DeviceProfile } from '../graph/device-profile.ts';

/** The names that DEVICE takes. */
export const DEVICE_NAMES = ['auto', 'cpu', 'cuda', 'webgpu', 'coreml', 'dml'] as const;
export type DeviceName = (typeof DEVICE_NAMES)[number];

export function isDeviceName(name: string): name is DeviceName {
  return (DEVICE_NAMES as readonly string[]).includes(name);
}

/** ONNX Runtime's name of a device. */
export type ProviderName = Exclude<DeviceName, 'auto'>;

/** What PRECISION takes: `auto` computes in half precision where the device does so rightly, on the CPU never. */
export const PRECISIONS = ['auto', 'f16', 'f32'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** An execution provider that works here, and how to write graphs for it. */
export interface Device {
  readonly name: ProviderName;
  readonly profile: DeviceProfile;
  /** Why it was taken. */
  readonly reason: string;
}

/** The device that is always there. */
export const CPU: Device = { name: 'cpu', profile: CPU_PROFILE, reason: 'requested' };
