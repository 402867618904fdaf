import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { type Config, readConfig } from '../config.ts';
import type { ModelDescription } from '../models/catalog.ts';
import { MODEL_SOURCES, type ModelSource } from '../models/sources.ts';
import { CommandError, EXIT, ending } from './exit.ts';
import { onInterrupt } from './interrupt.ts';
import { openCatalog } from './open-catalog.ts';
import { progressLine } from './progress-line.ts';
import { applySettings, takeSettings } from './setting-flags.ts';
import { counted, sizeText, table } from './table.ts';

/** `models list`, `models pull`, `models verify` and `models remove`. */
export function addModels(program: Command): void {
  const models = program.command('models').description('the checkpoints under MODELS_DIR');

  const list = models
    .command('list')
    .description('lists every model: installed, its missing files, or its problem')
    .option('--json', 'as a JSON list');
  takeSettings(list, ['MODELS_DIR', 'DATA_DIR']).action(
    ending(async ({ json }: { json?: true }) => {
      const found = await (await openCatalog(configOf(list))).list();
      console.log(json ? JSON.stringify(found, null, 2) : asTable(found));
      return EXIT.done;
    }),
  );

  const pull = models
    .command('pull <name>')
    .description('downloads a known model and its companions; resumes an interrupted download')
    .addHelpText('after', `\n${showSources()}`);
  takeSettings(pull, ['MODELS_DIR']).action(
    ending((name: string) => pullCommand(sourceOf(name), configOf(pull))),
  );

  const verify = models
    .command('verify [names...]')
    .description('checks files against known hashes, headers and keys');
  takeSettings(verify, ['MODELS_DIR', 'DATA_DIR']).action(
    ending((names: string[]) => verifyCommand(names, configOf(verify))),
  );

  const remove = models
    .command('remove <name>')
    .description('deletes the files of a model')
    .option('-y, --yes', 'does not ask for confirmation', false);
  takeSettings(remove, ['MODELS_DIR', 'DATA_DIR']).action(
    ending((name: string, { yes }: { yes: boolean }) => removeCommand(name, yes, configOf(remove))),
  );
}

function configOf(command: Command): Config {
  applySettings(command);
  return readConfig(process.env);
}

const asTable = (models: readonly ModelDescription[]): string =>
  table([
    ['model', 'family', 'size', 'state'],
    ...models.map((model) => [
      model.name,
      model.family ?? '–',
      model.sizeBytes === 0 ? '–' : sizeText(model.sizeBytes),
      stateOf(model),
    ]),
  ]);

function stateOf({ installed, problem, missingFiles }: ModelDescription): string {
  if (installed) return 'installed';
  return problem ?? `missing: ${missingFiles.join(', ')}`;
}

const showSources = (): string =>
  'Models, with their licences:\n' +
  MODEL_SOURCES.map(({ name, licence, page, conditions }) =>
    [`  ${name}: ${licence}`, `    ${page}`, ...(conditions === null ? [] : [`    ${conditions}`])].join(
      '\n',
    ),
  ).join('\n');

function sourceOf(name: string): ModelSource {
  const source = MODEL_SOURCES.find((one) => one.name === name);
  if (source) return source;
  const known = MODEL_SOURCES.map((one) => one.name).join(', ');
  throw new CommandError(
    `Unknown model "${name}". models pull knows ${known}. Put other checkpoints under MODELS_DIR yourself.`,
  );
}

async function pullCommand(source: ModelSource, { modelsDir }: Config): Promise<number> {
  const { pullModel } = await import('../models/pull.ts');
  const interrupt = onInterrupt();
  const line = progressLine(process.stderr);
  console.error(`${source.name}, licence: ${source.licence} (${source.page})`);
  try {
    await pullModel(source, {
      modelsDir,
      environment: process.env,
      signal: interrupt.signal,
      onProgress: (file, bytes, total) => {
        line.show(bytes / total, `${sizeText(bytes)} of ${sizeText(total)}  ${file}`);
      },
    });
  } catch (error) {
    line.end();
    if (!interrupt.signal.aborted) throw error;
    console.error('stopped; run the command again to resume');
    return EXIT.interrupted;
  } finally {
    interrupt.release();
  }
  line.end();
  console.log(`${source.name} is in ${join(modelsDir, source.files[0].file)}`);
  return EXIT.done;
}

async function verifyCommand(names: readonly string[], config: Config): Promise<number> {
  const { checkFile } = await import('../models/pull.ts');
  const all = await (await openCatalog(config)).list();
  const unknown = names.find((name) => !all.some((model) => model.name === name));
  if (unknown !== undefined) throw new CommandError(`Unknown model "${unknown}": see latentql models list`);
  const chosen = all.filter(({ name, sizeBytes }) =>
    names.length > 0 ? names.includes(name) : sizeBytes > 0,
  );
  let problems = 0;
  for (const model of chosen) {
    const source = MODEL_SOURCES.find(
      ({ name, files }) => name === model.name && files[0].file === model.file,
    );
    const checks = await Promise.all((source?.files ?? []).map((file) => checkFile(file, config.modelsDir)));
    const others = checks.flatMap(({ path, state, why }) => (state === 'other' ? [`${path}: ${why}`] : []));
    const found = [...(model.installed ? [] : [stateOf(model)]), ...others];
    problems += found.length;
    const verdict = checks.some(({ state }) => state === 'sound')
      ? 'valid; the SHA-256 matches'
      : 'header and keys are valid; no known SHA-256 to compare with';
    console.log(`${model.name}: ${found.length === 0 ? verdict : found.join('; ')}`);
  }
  return problems === 0 ? EXIT.done : EXIT.failed;
}

async function removeCommand(name: string, yes: boolean, config: Config): Promise<number> {
  const { existingFiles } = await import('../models/files-of-model.ts');
  const model = await (await openCatalog(config)).get(name);
  if (!model) throw new CommandError(`Unknown model "${name}": see latentql models list`);
  const files = await existingFiles(model, config.modelsDir);
  if (files.length === 0) throw new CommandError(`${name} has no files under ${config.modelsDir}`);
  console.error(`${name}:\n${files.map((file) => `  ${join(config.modelsDir, file)}`).join('\n')}`);
  if (!yes && !(await confirmed('Delete these files?'))) {
    console.error('Nothing was deleted.');
    return EXIT.failed;
  }
  for (const file of files) await rm(join(config.modelsDir, file));
  console.log(`Deleted ${counted(files.length, 'file')}.`);
  return EXIT.done;
}

/** Throws CommandError without a terminal. */
async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new CommandError('confirmation needs a terminal: pass --yes to delete the files');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
