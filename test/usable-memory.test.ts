import { describe, expect, test } from 'vitest';
import { usableMemory } from '../src/usable-memory.ts';

const GB = 2 ** 30;
const MACHINE = 64 * GB;

/** A file system of nothing but these files. */
const of =
  (files: Readonly<Record<string, string | number>>) =>
  (file: string): string | undefined =>
    Object.hasOwn(files, file) ? `${files[file]!}\n` : undefined;

describe('the memory that a process may use', () => {
  test('is that of the machine where nothing limits it', () => {
    expect(usableMemory(of({}), GB)).toBeLessThanOrEqual(GB);
    const unlimited = {
      '/proc/self/cgroup': '0::/system.slice/latentql.service',
      '/sys/fs/cgroup/system.slice/latentql.service/memory.max': 'max',
      '/sys/fs/cgroup/system.slice/memory.high': 'max',
    };
    expect(usableMemory(of(unlimited), MACHINE)).toBe(usableMemory(of({}), MACHINE));
  });

  test.each<[string, Record<string, string | number>]>([
    ['its own group', { '/proc/self/cgroup': '0::/a/b', '/sys/fs/cgroup/a/b/memory.max': GB }],
    ['a group around its own', { '/proc/self/cgroup': '0::/a/b/c', '/sys/fs/cgroup/a/memory.max': GB }],
    [
      'the tightest of several groups',
      {
        '/proc/self/cgroup': '0::/a/b',
        '/sys/fs/cgroup/a/memory.max': 2 * GB,
        '/sys/fs/cgroup/a/b/memory.max': 3 * GB,
        '/sys/fs/cgroup/a/b/memory.high': GB,
      },
    ],
    [
      'a container that sees its group as the root',
      { '/proc/self/cgroup': '0::/', '/sys/fs/cgroup/memory.max': GB },
    ],
    [
      'a container of version 1 whose path is that of the host',
      { '/proc/self/cgroup': '4:memory:/docker/0f', '/sys/fs/cgroup/memory/memory.limit_in_bytes': GB },
    ],
    [
      'a group of version 1 around its own',
      {
        '/proc/self/cgroup': '9:cpu:/x\n4:hugetlb,memory:/a/b\n0::/',
        '/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes': '9223372036854771712',
        '/sys/fs/cgroup/memory/a/memory.limit_in_bytes': GB,
      },
    ],
  ])('is what %s allows', (_where, files) => {
    expect(usableMemory(of(files), MACHINE)).toBe(GB);
  });

  test('is not more than a group has of another controller', () => {
    const files = { '/proc/self/cgroup': '9:cpu:/a', '/sys/fs/cgroup/memory/a/memory.limit_in_bytes': GB };
    expect(usableMemory(of(files), MACHINE)).toBe(usableMemory(of({}), MACHINE));
  });
});
