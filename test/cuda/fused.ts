import { FUSED_OPERATORS } from '../../src/engine/graph/device-profile.ts';
import { linkProvider } from '../../src/engine/runtime/cuda-provider.ts';
import type { Device } from '../../src/engine/runtime/device.ts';
import { checkFused } from '../../src/engine/runtime/fused-check.ts';
import { profilesOf } from '../../src/engine/runtime/profiles.ts';

/** Runs the check of each fused operator on CUDA and prints a line for each of its cases: whether the provider runs it. */
linkProvider();
const device: Device = { name: 'cuda', profile: profilesOf('cuda', 'f16')[0]!, reason: 'chosen by name' };
for (const operator of FUSED_OPERATORS)
  for await (const { name } of checkFused(device, operator)) console.log(name);
