import type { Config } from '../../config.ts';
import { counted } from '../table.ts';
import { messageOf, type Finding, ok, problem, warning } from './finding.ts';

const NO_VALID_KEY =
  'every key is revoked or has expired, so every request is refused: latentql keys add <name> makes a new one';

/** Milliseconds by which the clocks of a cluster may differ. */
const CLUSTER_CLOCKS = 1000;

/** Redis, if configured: whether it answers, can keep jobs and has the same time. */
export async function checkQueue({ queueUrl, storageUrl }: Config): Promise<Finding[]> {
  if (queueUrl === undefined) return [];
  const { checkRedis } = await import('../../jobs/redis/connection.ts');
  try {
    const { version, clockAhead, warnings } = await checkRedis(queueUrl);
    const seconds = (Math.abs(clockAhead) / 1000).toFixed(1);
    return [
      ok('redis', `version ${version} answers`),
      ...warnings.map((text) => warning('redis', text)),
      ...(Math.abs(clockAhead) > CLUSTER_CLOCKS
        ? [
            warning(
              'clock',
              `the clock of Redis is ${seconds} s ${clockAhead > 0 ? 'ahead' : 'behind'}: use a time service`,
            ),
          ]
        : []),
      ...(storageUrl === undefined
        ? [problem('storage', 'QUEUE_URL requires a STORAGE_URL that every process shares')]
        : []),
    ];
  } catch (error) {
    return [problem('redis', messageOf(error))];
  }
}

/** The bucket, if configured: whether a picture could be stored now. */
export async function checkBucket({ storageUrl, dataDir }: Config): Promise<Finding[]> {
  if (storageUrl?.startsWith('s3://') !== true) return [];
  const { openObjectStore } = await import('../../storage/open-store.ts');
  try {
    await (await openObjectStore(storageUrl, dataDir)).check();
    return [ok('storage', `${storageUrl} can be written to`)];
  } catch (error) {
    return [problem('storage', messageOf(error))];
  }
}

/** Whether the server would listen with these settings: it requires keys, or only this machine can reach it. */
export async function checkAccess(config: Config, now = Date.now()): Promise<Finding[]> {
  const { mustBeGuarded } = await import('../../server/open-server.ts');
  const { knownKeys } = await import('../../keys/key-ring.ts');
  const { whyRefused } = await import('../../keys/key.ts');
  try {
    const keys = knownKeys(config);
    await mustBeGuarded(config, keys.length > 0);
    if (keys.length === 0) return [ok('access', `no keys: ${config.host} only`)];
    const valid = keys.filter((key) => whyRefused(key, now) === undefined).length;
    return [valid > 0 ? ok('access', counted(valid, 'valid key')) : warning('access', NO_VALID_KEY)];
  } catch (error) {
    return [problem('access', messageOf(error))];
  }
}
