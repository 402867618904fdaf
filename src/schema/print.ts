import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { printSchema } from 'graphql';
import { KNOWN_MODELS } from '../models/names.ts';
import { buildSchema } from './index.ts';

/** The SDL of a server whose MODELS_DIR holds nothing beyond the known models; committed as `schema.graphql`. */
export const printSdl = (): string => `${printSchema(buildSchema(KNOWN_MODELS))}\n`;

/** As a program: writes the SDL to the file named as argument, or to standard output. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , file] = process.argv;
  if (file === undefined) process.stdout.write(printSdl());
  else writeFileSync(file, printSdl());
}
