import { expect, test } from 'vitest';
import { fastProblem, type Machine } from '../../../src/engine/runtime/fast-problem.ts';

const linux = (arch: string, ...lines: string[]): Machine => ({
  platform: 'linux',
  arch,
  cpuinfo: lines.join('\n'),
});

test.each([
  [linux('x64', 'model name\t: A', 'flags\t\t: fpu avx2 avx512_vnni')],
  [linux('x64', 'flags\t\t: fpu avx2 avx_vnni sse2')],
  [linux('arm64', 'Features\t: fp asimd asimddp')],
  [{ platform: 'darwin', arch: 'arm64', cpuinfo: undefined }],
])('a CPU with 8-bit dot products takes quality FAST: %j', (machine) => {
  expect(fastProblem({ name: 'cpu' }, machine)).toBeNull();
});

test.each([
  [
    linux('x64', 'model name\t: EPYC 7763', 'flags\t\t: fpu avx2 avx512_vnni_x'),
    'expected avx512_vnni or avx_vnni among the flags in /proc/cpuinfo, found none for EPYC 7763',
  ],
  [
    linux('arm64', 'Features\t: fp asimd'),
    'expected asimddp among the flags in /proc/cpuinfo, found none for this CPU',
  ],
  [
    { platform: 'linux', arch: 'x64', cpuinfo: undefined },
    'linux on x64 does not report whether it has them',
  ],
  [
    { platform: 'win32', arch: 'x64', cpuinfo: undefined },
    'win32 on x64 does not report whether it has them',
  ],
  [linux('riscv64', 'isa : rv64'), 'requires an x64 or arm64 CPU, this one is riscv64'],
])('another says what it lacks: %j', (machine, message) => {
  expect(fastProblem({ name: 'cpu' }, machine)).toContain(message);
});

test('an accelerator does not take it', () => {
  expect(fastProblem({ name: 'cuda' })).toBe('quality FAST requires the CPU, the device is cuda');
});
