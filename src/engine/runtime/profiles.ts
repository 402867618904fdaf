import {
  CPU_PROFILE,
  FUSED_OPERATORS,
  PLAIN_CONVOLUTIONS,
  type DeviceProfile,
  type FusedOperator,
} from '../graph/device-profile.ts';
import type { Device, Precision, ProviderName } from './device.ts';

const MiB = 2 ** 20;

/** Smaller weights are not worth an operator of their own in every run. */
const WIDEN_FROM = 64 * 1024;

/** Accelerators hold the weights in their own memory, narrow ones as they are. */
const ACCELERATOR: Omit<DeviceProfile, 'compute' | 'attention'> = {
  scoreBytes: 128 * MiB,
  largestValue: Infinity,
  weights: 'device',
  widenInRunFrom: WIDEN_FROM,
  widens: ['F16'],
  winograd: { steps: PLAIN_CONVOLUTIONS, pictures: PLAIN_CONVOLUTIONS },
};

/**
 * Largest value that WebGPU gives back whole wherever it runs: maxStorageBufferBindingSize is at least so much. The device's
 * own limit is measured when it opens.
 */
export const WEBGPU_LEAST_BINDING = 128 * MiB;

const TRAITS: Readonly<Record<Exclude<ProviderName, 'cpu'>, Partial<DeviceProfile>>> = {
  cuda: { widens: ['F16', 'BF16', 'F8_E4M3', 'F8_E5M2'] },
  webgpu: { largestValue: WEBGPU_LEAST_BINDING },
  coreml: {},
  dml: {},
};

/** How graphs may be written for a device, the fastest way first. */
export function profilesOf(name: ProviderName, precision: Precision): DeviceProfile[] {
  if (name === 'cpu') return [precision === 'f16' ? { ...CPU_PROFILE, compute: 'F16' } : CPU_PROFILE];
  const types = ({ auto: ['F16', 'F32'], f16: ['F16'], f32: ['F32'] } as const)[precision];
  return types.flatMap((compute) =>
    (['fused', 'plain'] as const).map((attention) => ({
      ...ACCELERATOR,
      ...TRAITS[name],
      compute,
      attention,
    })),
  );
}

/** The operators that take the place of several, of those that a device's provider has for what it computes in. */
export const fusedOperatorsOf = ({
  name,
  profile,
}: Pick<Device, 'name' | 'profile'>): readonly FusedOperator[] =>
  name === 'cuda' && profile.compute === 'F16' ? FUSED_OPERATORS : [];

/** The profile on a device whose largest value has been measured. */
export const withLargestValue = (profile: DeviceProfile, bytes: number): DeviceProfile => ({
  ...profile,
  largestValue: bytes,
  scoreBytes: Math.min(profile.scoreBytes, bytes),
});
