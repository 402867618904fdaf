import { parseArgs } from 'node:util';
import { SECTIONS, type SectionName } from './sections.ts';
import type { SectionResult } from './section.ts';

/** `npm run -s conformance -- <golden folder> [--only a,b] [--t5-tokenizer <tokenizer.json>] [--json]` */

const USAGE = `usage: npm run -s conformance -- <golden folder> [--only ${Object.keys(SECTIONS).join(',')}] [--t5-tokenizer <tokenizer.json>] [--json]`;

interface Options {
  readonly folder: string;
  readonly sections: readonly SectionName[];
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
    t5Tokenizer: values['t5-tokenizer'],
    json: values.json,
  };
}

function line(name: string, { cases, failed, worst, failures, causes }: SectionResult): string {
  const verdict = `${cases} cases, ${failed} failed, worst error ${worst.toFixed(3)} of its tolerance`;
  const failure = (id: string) => `          ✗ ${id} ${causes.get(id) ?? ''}`.trimEnd();
  return [`${name.padEnd(9)} ${verdict}`, ...failures.map(failure)].join('\n');
}

/** The JSON form of a result. It knows no Infinity and no NaN: what could not be computed is off by the largest number. */
const toJson = ({ cases, failed, worst, failures }: SectionResult) => ({
  cases,
  failed,
  worst: Number.isFinite(worst) ? worst : Number.MAX_VALUE,
  failures,
});

try {
  const { folder, sections, t5Tokenizer, json } = readOptions(process.argv.slice(2));
  const results: Partial<Record<SectionName, SectionResult>> = {};
  for (const name of sections) {
    const result = await SECTIONS[name](folder, t5Tokenizer === undefined ? {} : { t5Tokenizer });
    results[name] = result;
    if (!json) console.log(line(name, result));
  }
  if (json) {
    const sections = Object.entries(results).map(([name, result]) => [name, toJson(result)] as const);
    console.log(JSON.stringify(Object.fromEntries(sections)));
  }
  process.exitCode = Object.values(results).some(({ failed }) => failed > 0) ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
