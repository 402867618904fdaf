import { readFileSync } from 'node:fs';
import type { Device } from './device.ts';

/** What is known of the machine. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Text of /proc/cpuinfo; undefined where there is none. */
  readonly cpuinfo: string | undefined;
}

/** Flags of /proc/cpuinfo of which one says that the CPU multiplies bytes: dot products of four of them. */
const FLAGS: ReadonlyMap<string, readonly string[]> = new Map([
  ['x64', ['avx512_vnni', 'avx_vnni']],
  ['arm64', ['asimddp']],
]);

/** Why products of bytes are not faster on a device than those of float32, and FAST is refused; null: they are. */
export function fastProblem({ name }: Pick<Device, 'name'>, machine = thisMachine()): string | null {
  if (name !== 'cpu') return `quality FAST runs on the CPU alone, and the device is ${name}`;
  const { platform, arch, cpuinfo } = machine;
  if (platform === 'darwin' && arch === 'arm64') return null; // all of them have
  const flags = FLAGS.get(arch);
  if (!flags) return `quality FAST runs on CPUs of x64 and arm64, and this is ${arch}`;
  const wanted = flags.join(' or ');
  if (platform !== 'linux' || cpuinfo === undefined)
    return `quality FAST needs a CPU with products of bytes (${wanted}), of which ${platform} on ${arch} says nothing`;
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '';
  if (line.split(/\s+/).some((flag) => flags.includes(flag))) return null;
  const model = /^model name\s*:\s*(.*)$/m.exec(cpuinfo)?.[1] ?? 'this CPU';
  return `quality FAST needs a CPU with products of bytes: expected ${wanted} among the flags of /proc/cpuinfo, ${model} has none of them`;
}

function thisMachine(): Machine {
  const { platform, arch } = process;
  try {
    return { platform, arch, cpuinfo: readFileSync('/proc/cpuinfo', 'utf8') };
  } catch {
    return { platform, arch, cpuinfo: undefined };
  }
}
