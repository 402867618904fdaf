import type { Logger } from 'pino';
import { ConfigError, type Config } from '../config.ts';
import { startEngine, type Engine } from '../engine/index.ts';
import { encodePng, type CheckpointOrigin } from '../images/encode.ts';
import { fitImage } from '../images/fit.ts';
import { img2imgHandler } from '../jobs/img2img.ts';
import type { Runner, RunnerDevice } from '../jobs/runner.ts';
import type { InstalledAdapters } from '../models/installed-adapters.ts';
import type { InstalledModels } from '../models/installed-models.ts';
import type { ModelHashes } from '../models/model-hashes.ts';
import { previewDecoderOf } from '../models/tiny-decoders.ts';
import type { EngineDevice } from '../resolvers/services.ts';
import type { DeviceChoice } from '../setting-values.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { filesOfJobs } from './job-files.ts';

interface EngineParts {
  readonly models: InstalledModels;
  readonly adapters: InstalledAdapters;
  readonly hashes: ModelHashes;
  readonly objects: ObjectStore;
  readonly log: Logger;
}

/** The engine processes of this machine. */
export interface Engines {
  readonly devices: readonly RunnerDevice[];
  /** The state of each, with what the runner knows. */
  status(runner: Runner, worker: string | null): Promise<EngineDevice[]>;
  /** Releases the networks of every engine; a busy one does so after its job. */
  unload(): Promise<void>;
  /** Throws ConfigError, and leaves no process behind, if every device is a named one and none opens. */
  mustOpen(): Promise<void>;
  /** Ends the processes. Close the runner first. */
  close(): Promise<void>;
}

/** An engine process for each device of DEVICE; none is started before its runner opens it. */
export function openEngines(config: Config, parts: EngineParts): Engines {
  const engines = config.devices.map((choice) => startLoggedEngine(config, choice, parts.log));
  const names = distinct(config.devices.map(nameOf));
  return {
    devices: engines.map(({ engine }, i) => runnerDevice(engine, config.devices[i]!, parts)),
    status: async (runner, worker) => {
      const all = await Promise.all(engines.map(({ engine }) => engine.status()));
      return all.map((status, i) => ({
        ...status,
        name: names[i]!,
        worker,
        problem: runner.devices[i]?.problem ?? engines[i]!.problem(),
        hung: runner.devices[i]?.hung ?? 0,
        loaded: status.loaded.flatMap((path) => parts.models.nameOf(path) ?? []),
      }));
    },
    unload: async () => {
      await Promise.all(engines.map(({ engine }) => engine.unload()));
    },
    mustOpen: async () => {
      if (config.devices.some(({ device }) => device === 'auto' || device === 'cpu')) return;
      const opened = await Promise.allSettled(engines.map(({ engine }) => engine.open()));
      const causes = opened.flatMap((it, i) =>
        it.status === 'rejected'
          ? [`DEVICE: ${names[i]!} does not open: ${(it.reason as Error).message}`]
          : [],
      );
      if (causes.length < engines.length) return; // the runner reports the problems of the others
      await Promise.all(engines.map(({ engine }) => engine.close()));
      throw new ConfigError(causes.join('\n'));
    },
    close: async () => {
      await Promise.all([parts.hashes.close(), ...engines.map(({ engine }) => engine.close())]);
    },
  };
}

/** Why no engine takes jobs; empty if at least one does. */
export function whyNoneTakesJobs(engines: readonly EngineDevice[]): string[] {
  const problems = engines.flatMap(({ name, problem }) => (problem === null ? [] : [`${name}: ${problem}`]));
  return problems.length === engines.length ? problems : [];
}

/** The names, with duplicates numbered: `cpu`, `cpu#2`. */
const distinct = (names: readonly string[]): string[] =>
  names.map((name, i) => {
    const number = names.slice(0, i + 1).filter((other) => other === name).length;
    return number === 1 ? name : `${name}#${number}`;
  });

const nameOf = ({
  device,
  deviceIndex,
}: {
  readonly device: string;
  readonly deviceIndex?: number;
}): string => (deviceIndex === undefined ? device : `${device}:${deviceIndex}`);

function runnerDevice(engine: Engine, choice: DeviceChoice, parts: EngineParts): RunnerDevice {
  const { models, adapters, hashes, objects, log } = parts;
  let name = nameOf(choice);
  return {
    get name() {
      return name;
    },
    open: async () => {
      const { device } = await engine.open();
      name = nameOf({ ...choice, device });
    },
    kill: (reason) => engine.kill(reason),
    handle: img2imgHandler({
      engine,
      objects,
      ...filesOfJobs({ models, adapters, hashes }),
      previewDecoderOf: async (name) => {
        const model = await models.get(name);
        const found = model && previewDecoderOf(model, await adapters.vaes.list());
        return found && adapters.vaes.pathTo(found);
      },
      fitImage,
      encodePng: async (image, origin) =>
        encodePng(image, {
          ...origin,
          checkpoint: await checkpointOrigin(origin.request.model, models, hashes),
        }),
      log,
    }),
  };
}

/** An engine that logs when its process starts and ends. */
interface LoggedEngine {
  readonly engine: Engine;
  /** How its process ended unexpectedly; null once a new one is ready. */
  readonly problem: () => string | null;
}

function startLoggedEngine(
  { memoryLimit, deviceMemoryLimit, precision }: Config,
  choice: DeviceChoice,
  log: Logger,
): LoggedEngine {
  const device = nameOf(choice);
  let problem: string | null = null;
  const engine = startEngine({
    ...choice,
    precision,
    memoryLimit,
    ...(deviceMemoryLimit !== undefined && { deviceMemoryLimit }),
    onReady: ({ device: provider, reason, precision, processId, runtimeVersion }) => {
      problem = null;
      log.info({ device, provider, reason, precision, processId, runtimeVersion }, 'engine ready');
    },
    onExit: ({ expected, how, ...exit }) => {
      if (expected) {
        log.debug({ device, ...exit }, 'engine process ended');
        return;
      }
      problem = `the engine process ${how}`;
      log.error({ device, ...exit, how }, 'engine process ended unexpectedly');
    },
    onOutput: (output, stream) => {
      if (stream === 'stderr') log.warn({ device, output }, 'engine output');
      else log.info({ device, output }, 'engine output');
    },
  });
  return { engine, problem: () => problem };
}

/** The file behind a model's name. The first pictures of a large one lack its hash: they do not wait for it. */
async function checkpointOrigin(
  name: string,
  models: InstalledModels,
  hashes: ModelHashes,
): Promise<CheckpointOrigin> {
  const model = await models.get(name);
  const path = models.pathOf(name);
  return {
    file: model?.file ?? name,
    family: model?.family ?? null,
    sha256: path === undefined ? undefined : await hashes.of(path),
  };
}
