import { join } from 'node:path';

/**
 * The package as it is built, made of the sources as they stand, with the scripts of the tests: a process starts from it in a
 * third of the time that it takes to transpile each module as it is loaded.
 */
export const COMPILED = join(import.meta.dirname, '../out/compiled');

/** Where sources lie in it. */
export const FOLDERS = { src: 'dist', test: 'test' } as const;

/** The command `latentql` of what is compiled. */
export const COMPILED_COMMAND = join(COMPILED, 'bin/latentql.cjs');

/** The compiled form of a source, by its path in the repository. */
export function compiledScript(source: string): string {
  const [folder, ...rest] = source.split('/') as [keyof typeof FOLDERS, ...string[]];
  return join(COMPILED, FOLDERS[folder], ...rest).replace(/\.ts$/, '.js');
}
