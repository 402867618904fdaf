import { readFileSync } from 'node:fs';
import type { Device } from './device.ts';

/** Properties of the machine. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Content of /proc/cpuinfo; undefined if the platform does not have it. */
  readonly cpuinfo: string | undefined;
}

/** Flags in /proc/cpuinfo that indicate dot products of four 8-bit numbers; any of them suffices. */
const FLAGS: ReadonlyMap<string, readonly string[]> = new Map([
  ['x64', ['avx512_vnni', 'avx_vnni']],
  ['arm64', ['asimddp']],
]);

/**
 * Why a device does not support FAST: it would be slower without 8-bit dot products. Null if it supports it.
 */
export function fastProblem({ name }: Pick<Device, 'name'>, machine = thisMachine()): string | null {
  if (name !== 'cpu') return `quality FAST requires the CPU, the device is ${name}`;
  const { platform, arch, cpuinfo } = machine;
  if (platform === 'darwin' && arch === 'arm64') return null; // all of them have the instructions
  const flags = FLAGS.get(arch);
  if (!flags) return `quality FAST requires an x64 or arm64 CPU, this one is ${arch}`;
  const wanted = flags.join(' or ');
  if (platform !== 'linux' || cpuinfo === undefined)
    return `quality FAST requires a CPU with 8-bit dot products (${wanted}); ${platform} on ${arch} does not report whether it has them`;
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '';
  if (line.split(/\s+/).some((flag) => flags.includes(flag))) return null;
  const model = /^model name\s*:\s*(.*)$/m.exec(cpuinfo)?.[1] ?? 'this CPU';
  return `quality FAST requires a CPU with 8-bit dot products: expected ${wanted} among the flags in /proc/cpuinfo, found none for ${model}`;
}

function thisMachine(): Machine {
  const { platform, arch } = process;
  try {
    return { platform, arch, cpuinfo: readFileSync('/proc/cpuinfo', 'utf8') };
  } catch {
    return { platform, arch, cpuinfo: undefined };
  }
}
