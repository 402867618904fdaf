import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A module that runs in a process of its own, and what Node needs to run it. */
export interface ChildModule {
  readonly path: string;
  readonly execArgv: readonly string[];
}

/** The module of this name beside the one at `url`: where that is compiled it is too, a source needs the transpiler. */
export function childModule(name: string, url: string): ChildModule {
  const extension = extname(url);
  const path = fileURLToPath(new URL(`${name}${extension}`, url));
  if (extension !== '.ts') return { path, execArgv: [] };
  // By its place: a bare name would be looked for from the working directory.
  const transpiler = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return { path, execArgv: ['--import', transpiler] };
}
