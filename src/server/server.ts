import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { KeyRing } from '../keys/key-ring.ts';
import type { Services } from '../resolvers/services.ts';
import { buildValidSchema } from '../schema/index.ts';
import { createAccess } from './auth.ts';
import { createErrorMask } from './errors.ts';
import { createGraphQLServer } from './graphql.ts';
import { guardMutations } from './guard-mutations.ts';
import { createHttpServer, isGraphQLPath } from './http.ts';
import { CLOSING_TIME, DRAINING_TIME } from './limits.ts';
import { listen } from './listen.ts';
import { LiveSchema } from './live-schema.ts';
import { createMetrics } from './metrics.ts';
import { mustBeGuarded } from './open-server.ts';
import { createHostPolicy, createOriginPolicy } from './origins.ts';
import { createReadReached } from './reached.ts';
import { SlowReaders } from './slow-readers.ts';
import { Studio } from './studio.ts';
import { TrustedDocuments } from './trusted-documents.ts';
import { attachWebSocket } from './websocket.ts';

/** A server that accepts requests. */
export interface RunningServer {
  /** Where it listens, without a trailing slash. */
  readonly url: string;
  /**
   * Claims no more jobs, but answers requests until the running job has ended or `config.drainTimeout` is over. Then accepts no
   * more requests, waits for those in progress and closes every WebSocket with 1001.
   */
  close(): Promise<void>;
}

/** Milliseconds after which a process has drained in any case. */
export const longestDrain = ({ drainTimeout }: Config): number =>
  Math.max(drainTimeout, DRAINING_TIME) + 3 * CLOSING_TIME;

/** Serves the API at `config.host` and `config.port` (0 takes a free one). Throws ConfigError if the address cannot be used. */
export async function startServer({
  services,
  drain: drainJobs = () => Promise.resolve(),
  log,
}: {
  readonly services: Services;
  /** Lets running jobs end, for so many milliseconds at most. */
  readonly drain?: (milliseconds: number) => Promise<void>;
  readonly log: Logger;
}): Promise<RunningServer> {
  const { config } = services;
  let url = '';
  let isDraining = false;
  const ring = new KeyRing(config, log);
  await mustBeGuarded(config, ring.areAsked);
  const areKeysAsked = () => ring.areAsked;
  const readReached = createReadReached(config, () => url);
  const studio = new Studio();
  const shared = {
    maskError: createErrorMask(log),
    access: createAccess(ring, config, services.refusals, readReached),
    isAllowedOrigin: createOriginPolicy(config, areKeysAsked),
    isAllowedHost: createHostPolicy(config, areKeysAsked),
    readReached,
    slowReaders: new SlowReaders(log),
    trustedDocuments: await TrustedDocuments.read(config, await studio.documents()),
    studio,
    log,
  };
  const schema = new LiveSchema(
    services.models,
    () =>
      guardMutations(buildValidSchema(services.models.entries, { isSubgraph: config.federation }), {
        refusals: services.refusals,
        log,
      }),
    log,
  );
  const graphql = createGraphQLServer(services, { ...shared, schema });
  const metrics = createMetrics(services);
  const { http, drain } = createHttpServer({
    services,
    metrics,
    graphql,
    ...shared,
    isDraining: () => isDraining,
  });
  const webSocket = attachWebSocket(http, isGraphQLPath, {
    graphql,
    ...shared,
    refusals: services.refusals,
  });

  const release = async () => {
    schema.close();
    shared.slowReaders.stop();
    await metrics.close();
    ring.close();
  };
  url = await listen(http, { ...config, setting: 'PORT' }).catch(async (error: unknown) => {
    await release();
    throw error;
  });

  return {
    url,
    close: async () => {
      isDraining = true;
      const start = performance.now();
      await drainJobs(config.drainTimeout);
      const timeLeft = DRAINING_TIME - (performance.now() - start);
      await Promise.all([drain(Math.max(CLOSING_TIME, timeLeft)), webSocket.close()]);
      await release();
    },
  };
}
