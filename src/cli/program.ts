import { Command, Help } from 'commander';
import { programVersion } from '../start-log.ts';
import { addCompletion } from './completion.ts';
import { addConfig } from './config.ts';
import { addDoctor } from './doctor.ts';
import { addGpu } from './gpu.ts';
import { addImg2Img } from './img2img.ts';
import { addKeys } from './keys.ts';
import { addMaintenance } from './maintenance.ts';
import { addModels } from './models.ts';
import { addServe } from './serve.ts';
import { addSetup } from './setup.ts';

const AFTER_HELP = `
Settings are flags (--port), environment variables (PORT), or in the working directory's .env or latentql.config.json, in this order.
Exit codes: 0 done, 1 failed or a problem found, 2 wrong usage, 130 interrupted.`;

/** What an option is for. Commander's own text adds the value that a flag has alone, in its own words. */
const withoutPreset: Help['optionDescription'] = (option) =>
  option.presetArg === undefined ? new Help().optionDescription(option) : option.description;

/** The command `latentql` with everything below it. Each command loads what it needs when it runs. */
export function createProgram(): Command {
  const program = new Command('latentql')
    .description('Image-to-image diffusion as a GraphQL API.')
    .version(programVersion(), '-V, --version')
    .configureHelp({ showGlobalOptions: false, optionDescription: withoutPreset })
    .addHelpText('after', AFTER_HELP)
    .exitOverride();
  addServe(program);
  addImg2Img(program);
  addModels(program);
  addSetup(program);
  addGpu(program);
  addKeys(program);
  addMaintenance(program);
  addDoctor(program);
  addConfig(program);
  addCompletion(program);
  return program;
}
