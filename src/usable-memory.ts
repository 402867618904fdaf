import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { posix } from 'node:path';

/** Mount points of control groups: of version 2, alone or besides version 1, and of version 1. */
const MOUNTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified', '/sys/fs/cgroup/memory'];

/** Files that limit a group's memory; the system slows a group down beyond `high`. */
const LIMITS = ['memory.max', 'memory.high', 'memory.limit_in_bytes'];

/** Bytes of memory that this process may use: the machine's, or its container's limit if that is lower. */
export function usableMemory(
  read: (file: string) => string | undefined = readText,
  machine = totalmem(),
): number {
  const constrained = process.constrainedMemory();
  // Node reports the limit of the innermost group only; outer groups limit as well.
  const groups = groupsOf(read('/proc/self/cgroup') ?? '').flatMap(withParents);
  const limits = MOUNTS.flatMap((mount) =>
    [...new Set(groups)].flatMap((group) => LIMITS.map((file) => posix.join(mount, group, file))),
  ).map((file) => Number.parseInt(read(file) ?? '', 10));
  return Math.min(machine, ...[constrained, ...limits].filter((limit) => limit > 0));
}

/** The groups of version 2 and of version 1's memory controller in the lines `number:controllers:path`. */
const groupsOf = (lines: string): string[] =>
  lines.split('\n').flatMap((line) => {
    const [, controllers, group] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    const limitsMemory = controllers === '' || controllers?.split(',').includes('memory');
    return group !== undefined && limitsMemory ? [group] : [];
  });

/** A group and its parents. A container may see its own group as the root, whatever its path says. */
const withParents = (group: string): string[] =>
  group === '/' ? [group] : [group, ...withParents(posix.dirname(group))];

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // no such group
  }
}
