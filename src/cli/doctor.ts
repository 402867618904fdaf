import type { Command } from 'commander';
import { type Config, ConfigError, readConfig } from '../config.ts';
import { type Finding, ok, problem } from './checks/finding.ts';
import { EXIT, ending } from './exit.ts';
import { openCatalog } from './open-catalog.ts';
import { applySettings, takeAllSettings } from './setting-flags.ts';
import type { Origins } from './setting-sources.ts';

/** `doctor`: whether a server with these settings would run here. */
export function addDoctor(program: Command): void {
  const doctor = program
    .command('doctor')
    .description('checks settings, folders, models, devices, Redis, S3 and the clock; the server may run');
  takeAllSettings(doctor).action(
    ending(async () => {
      let isSound = true;
      for await (const finding of examine(() => applySettings(doctor))) {
        isSound &&= finding.level !== 'problem';
        console.log(`${MARKS[finding.level]} ${finding.subject}: ${finding.text}`);
      }
      console.log(isSound ? 'A server would start with these settings.' : 'Problems were found.');
      return isSound ? EXIT.done : EXIT.failed;
    }),
  );
}

const MARKS = { ok: '✓', warning: '!', problem: '✗' } as const;

/** Yields each finding at once: opening a device takes a while. */
async function* examine(apply: () => Origins): AsyncGenerator<Finding> {
  const machine = await import('./checks/machine.ts');
  const { checkFolders } = await import('./checks/folders.ts');
  const services = await import('./checks/services.ts');
  yield* machine.checkVersions();
  const config = readOrProblem(apply);
  if ('level' in config) {
    yield config;
    return;
  }
  const { given } = config;
  yield ok('settings', given.length === 0 ? 'all have their defaults' : `valid; set: ${given.join(', ')}`);
  yield* machine.checkMemory(config);
  yield* machine.checkHugePages();
  yield* await checkFolders(config);
  yield* await checkCatalog(config);
  yield* await services.checkAccess(config);
  yield* await services.checkQueue(config);
  yield* await services.checkBucket(config);
  yield* await machine.checkClock(config);
  yield* await machine.checkDevices(config);
}

function readOrProblem(apply: () => Origins): Config | Finding {
  try {
    apply();
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) return problem('settings', error.message);
    throw error;
  }
}

async function checkCatalog(config: Config): Promise<Finding[]> {
  const { checkModels } = await import('./checks/machine.ts');
  try {
    return checkModels(await (await openCatalog(config)).list());
  } catch (error) {
    return [problem('models', (error as Error).message)];
  }
}
