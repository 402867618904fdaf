import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { generate } from '@graphql-codegen/cli';
import config from '../codegen.ts';
import { printSdl } from '../src/schema/print.ts';

/** `npm run check:codegen` fails if `schema.graphql` or the generated client does not match the code. */
const generated = (await generate({ ...config, silent: true, errorsOnly: true }, false)) as {
  filename: string;
  content: string;
}[];
const expected = [{ filename: 'schema.graphql', content: printSdl() }, ...generated];

const stale: string[] = [];
for (const { filename, content } of expected) {
  const committed = await readFile(filename, 'utf8').catch(() => undefined);
  if (committed?.trim() !== content.trim()) stale.push(relative(process.cwd(), filename));
}
if (stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run: npm run codegen`);
  process.exitCode = 1;
}
