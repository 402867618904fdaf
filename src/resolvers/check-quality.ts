import type { Quality } from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import type { EngineDevice } from './services.ts';

/**
 * Throws InputError where a device that takes jobs does not take FAST ones: any of them may get the job. A device that is not open
 * yet is not asked.
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
