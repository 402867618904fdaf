import type { Quality } from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import type { EngineDevice } from './services.ts';

/**
 * Throws InputError if any device that takes jobs does not support FAST, since any of them may get the job. Devices that are not
 * open yet are ignored.
 */
export async function checkQuality(
  quality: Quality | undefined,
  devices: () => Promise<readonly Pick<EngineDevice, 'name' | 'worker' | 'fastProblem'>[]>,
): Promise<void> {
  if (quality !== 'FAST') return;
  for (const { name, worker, fastProblem } of await devices()) {
    if (fastProblem == null) continue;
    const where = worker === null ? '' : ` (${name} of worker ${worker})`;
    throw new InputError('UNSUPPORTED', ['input', 'quality'], `${fastProblem}${where}: leave quality out`);
  }
}
