import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { startServer } from '../server/server.ts';
import { openServices } from '../services/index.ts';

/** Settings of the engine on this machine; the others are for servers with other clients. */
const KEPT = [
  'MODELS_DIR',
  'DEVICE',
  'PRECISION',
  'MEMORY_LIMIT',
  'DEVICE_MEMORY_LIMIT',
  'CUDA_VISIBLE_DEVICES',
] as const;

/** A private server in this process, with a temporary data folder. */
export async function startOwnServer(
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly url: string; readonly key: string; readonly close: () => Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'latentql-img2img-'));
  const key = randomBytes(32).toString('base64url');
  const kept = Object.fromEntries(KEPT.map((name) => [name, environment[name]]));
  try {
    const config = readConfig({
      ...kept,
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: dataDir,
      API_KEYS: key,
      JOB_WORK_LIMIT: '0',
      LOG_LEVEL: 'fatal',
    });
    const log = createLog(config.logLevel);
    const services = await openServices(config, log);
    const server = await startServer({ services, log }).catch(async (error: unknown) => {
      await services.close(); // otherwise the engine process would keep this one alive
      throw error;
    });
    return {
      url: server.url,
      key,
      close: async () => {
        await server.close();
        await services.close();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
}
