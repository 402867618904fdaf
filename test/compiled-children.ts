import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChildModule } from '../src/engine/child-modules.ts';
import { compiledScript } from './compiled-package.ts';

/** Takes the place of the engine's own in the tests' processes: their children run what is compiled already. */
export function childModule(name: string, url: string): ChildModule {
  const source = fileURLToPath(new URL(`${name}.ts`, url));
  return { path: compiledScript(relative(`${import.meta.dirname}/..`, source)), execArgv: [] };
}
