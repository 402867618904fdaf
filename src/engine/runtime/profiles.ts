import {
  CPU_PROFILE,
  FUSED_OPERATORS,
  PLAIN_CONVOLUTIONS,
  type DeviceProfile,
  type FusedOperator,
} from '../graph/device-profile.ts';
import type { Device, Precision, ProviderName } from './device.ts';

const MiB = 2 ** 20;

/** Minimum bytes of weights that are widened in every run: smaller ones are not worth the operator. */
const WIDEN_FROM = 64 * 1024;

/** Accelerators hold weights in their own memory, narrow ones unconverted. */
const ACCELERATOR: Omit<DeviceProfile, 'compute' | 'attention'> = {
  scoreBytes: 128 * MiB,
  largestValue: Infinity,
  weights: 'device',
  widenInRunFrom: WIDEN_FROM,
  widens: ['F16'],
  winograd: { steps: PLAIN_CONVOLUTIONS, pictures: PLAIN_CONVOLUTIONS },
  pictureScratch: 'SYSTEM',
};

/**
 * Bytes of the largest value that any WebGPU device returns intact: the minimum of
 * maxStorageBufferBindingSize. The device's own limit is measured when it is opened.
 */
export const WEBGPU_LEAST_BINDING = 128 * MiB;

const TRAITS: Readonly<Record<Exclude<ProviderName, 'cpu'>, Partial<DeviceProfile>>> = {
  cuda: { widens: ['F16', 'BF16', 'F8_E4M3', 'F8_E5M2'] },
  webgpu: { largestValue: WEBGPU_LEAST_BINDING },
  coreml: {},
  dml: {},
};

/** The possible profiles of a device, the fastest first. */
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

/** The fused operators that a device's provider has for its compute type. */
export const fusedOperatorsOf = ({
  name,
  profile,
}: Pick<Device, 'name' | 'profile'>): readonly FusedOperator[] =>
  name === 'cuda' && profile.compute === 'F16' ? FUSED_OPERATORS : [];

/** The profile of a device with its measured largest value. */
export const withLargestValue = (profile: DeviceProfile, bytes: number): DeviceProfile => ({
  ...profile,
  largestValue: bytes,
  scoreBytes: Math.min(profile.scoreBytes, bytes),
});
