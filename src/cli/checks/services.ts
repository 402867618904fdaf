import type { Config } from '../../config.ts';
import { counted } from '../table.ts';
import { messageOf, type Finding, ok, problem, warning } from './finding.ts';

/** How far the clocks of a cluster may be apart. */
const CLUSTER_CLOCKS = 1000;

/** Redis, where the settings name one: whether it answers, can keep jobs and has the same time. */
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
              `Redis' clock is ${seconds} s ${clockAhead > 0 ? 'ahead' : 'behind'}: use a time service`,
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

/** The bucket, where the settings name one: whether a picture could be stored now. */
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

/** Whether the server would listen with these settings: it asks for keys, or only this machine reaches it. */
export async function checkAccess(config: Config): Promise<Finding[]> {
  const { mustBeGuarded } = await import('../../server/open-server.ts');
  const { keyFileOf, readKeyFile } = await import('../../keys/key-file.ts');
  const { apiKeys, apiKeyHashes, host, dataDir } = config;
  try {
    const count = apiKeys.length + apiKeyHashes.length + (readKeyFile(keyFileOf(dataDir))?.length ?? 0);
    await mustBeGuarded(config, count > 0);
    return [ok('access', count > 0 ? `${counted(count, 'key')} in force` : `no keys: ${host} only`)];
  } catch (error) {
    return [problem('access', messageOf(error))];
  }
}
