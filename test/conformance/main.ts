import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SECTIONS, type SectionName } from './sections.ts';
import { Tally, type SectionResult } from './section.ts';
import { findTokenizer } from './t5-tokens.ts';

/** `npm run -s conformance -- <golden folder> [--only a,b] [--t5-tokenizer <tokenizer.json>] [--json]` */

const USAGE = `usage: npm run -s conformance -- <golden folder> [--only ${Object.keys(SECTIONS).join(',')}] [--t5-tokenizer <tokenizer.json>] [--json]`;

interface Options {
  readonly folder: string;
  readonly sections: readonly SectionName[];
  /** Whether the sections were named. */
  readonly asked: boolean;
  readonly t5Tokenizer: string | undefined;
  readonly json: boolean;
}

function readOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      't5-tokenizer': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [folder, ...rest] = positionals;
  if (folder === undefined || rest.length > 0) throw new Error(USAGE);
  const names = Object.keys(SECTIONS) as SectionName[];
  const wanted = values.only?.split(',') ?? names;
  const unknown = wanted.filter((name) => !(names as string[]).includes(name));
  if (unknown.length > 0) throw new Error(`--only: no section "${unknown.join('", "')}"\n${USAGE}`);
  return {
    folder,
    sections: names.filter((name) => wanted.includes(name)),
    asked: values.only !== undefined,
    t5Tokenizer: values['t5-tokenizer'] ?? findTokenizer(folder),
    json: values.json,
  };
}

/** Runs the sections that the folder has; one that was asked for by name must be there. */
async function run({ folder, sections, asked, t5Tokenizer }: Options, report: Report): Promise<void> {
  const isThere = (name: string) => existsSync(join(folder, name));
  const missing = sections.filter((name) => !isThere(name));
  if (asked && missing.length > 0) throw new Error(`${folder}: there is no folder "${missing.join('", "')}"`);
  if (missing.length === sections.length)
    throw new Error(`${folder}: expected folders ${sections.join(', ')}, found none of them`);
  for (const name of sections) {
    const options = t5Tokenizer === undefined ? {} : { t5Tokenizer };
    if (!isThere(name)) report(name, new Tally().result, 'not in this folder');
    else report(name, await SECTIONS[name](folder, options).catch(unreadable));
  }
}

/** A section that could not be read at all is one failed case, so that it does not hide the others. */
function unreadable(failure: unknown): SectionResult {
  const tally = new Tally();
  tally.add('*', Infinity, 0, failure instanceof Error ? failure.message : String(failure));
  return tally.result;
}

type Report = (name: SectionName, result: SectionResult, note?: string) => void;

const verdict = ({ cases, failed, worst }: SectionResult): string =>
  `${cases} cases, ${failed} failed, worst error ${worst.toFixed(3)} of its tolerance`;

const failuresOf = (name: string, { failures, causes }: SectionResult): string[] =>
  failures.map((id) => `          ✗ ${name} ${id} ${causes.get(id) ?? ''}`.trimEnd());

/** The JSON form of a result. It knows no Infinity and no NaN: what could not be computed is off by the largest number. */
const toJson = ({ cases, failed, worst, failures }: SectionResult) => ({
  cases,
  failed,
  worst: Number.isFinite(worst) ? worst : Number.MAX_VALUE,
  failures,
});

try {
  const options = readOptions(process.argv.slice(2));
  const results: Partial<Record<SectionName, ReturnType<typeof toJson>>> = {};
  await run(options, (name, result, note) => {
    results[name] = toJson(result);
    if (!options.json) console.log(name.padEnd(9), note ?? verdict(result));
    for (const failure of failuresOf(name, result)) (options.json ? console.error : console.log)(failure);
  });
  if (options.json) console.log(JSON.stringify(results));
  process.exitCode = Object.values(results).some(({ failed }) => failed > 0) ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
