import { readFileSync } from 'node:fs';
import { ConfigError } from './config.ts';

/** Kilobytes of address space with which a server and its engine have run; models are mapped on top of them. */
const LEAST = 4_000_000;

/** Kilobytes of address space that `ulimit -v` leaves a process; undefined: no limit, or a system that does not say. */
export function addressSpace(read: () => string = readLimits): number | undefined {
  const bytes = /^Max address space +(\d+)/m.exec(read())?.[1];
  return bytes === undefined ? undefined : Math.floor(Number(bytes) / 1024);
}

/** Refuses a limit with which Node or the engine would crash as they start. Throws ConfigError. */
export function mustHaveAddressSpace(kilobytes = addressSpace()): void {
  if (kilobytes === undefined || kilobytes >= LEAST) return;
  throw new ConfigError(
    `ulimit -v: expected unlimited, or at least ${LEAST} (KB) and the size of the models, got ${kilobytes}`,
  );
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return ''; // not Linux
  }
}
