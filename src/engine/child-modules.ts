import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What Node needs to run a child process's module: nothing where it is compiled, the transpiler where it is a source. */
export function loaderFor(module: URL): string[] {
  if (extname(module.pathname) !== '.ts') return [];
  // By its place: a bare name would be looked for from the working directory.
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}
