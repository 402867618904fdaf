import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A module that is the entry point of a child process, and the Node arguments that it needs. */
export interface ChildModule {
  readonly path: string;
  readonly execArgv: readonly string[];
}

/**
 * The module `name` in the folder of the module at `url`. If that module is TypeScript, so is this one, and
 * it needs the transpiler.
 */
export function childModule(name: string, url: string): ChildModule {
  const extension = extname(url);
  const path = fileURLToPath(new URL(`${name}${extension}`, url));
  if (extension !== '.ts') return { path, execArgv: [] };
  // As a URL: a bare name would be resolved from the working directory.
  const transpiler = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return { path, execArgv: ['--import', transpiler] };
}
