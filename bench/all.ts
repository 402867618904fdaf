import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CPU } from '../src/engine/runtime/device.ts';
import { fastProblem } from '../src/engine/runtime/fast-problem.ts';
import { RUNTIME_VERSION } from '../src/engine/runtime/session.ts';
import { programVersion } from '../src/start-log.ts';
import { runSdCpp } from './sd-cpp.ts';

/**
 * Measures this machine and prints one table:
 * `npm run bench -- all [--checkpoint <SD1.5 file>] [--size 512] [--rounds 3] [--base <commit>] [--sdcpp
 * <sd-cli>] [--json]`
 *
 * Each part runs in a process of its own, one after the other. What is compared alternates within that
 * process. CPU time is less sensitive to other load than wall-clock time, so ratios use CPU time where both
 * are measured. `least` and `most` are the extremes of the rounds. Without a checkpoint, the bundled model is
 * measured; the budgets for SD1.5 apply to a checkpoint of its size.
 */

const STARTER = join(import.meta.dirname, '../assets/models/starter.safetensors');

const { values } = parseArgs({
  options: {
    checkpoint: { type: 'string', default: STARTER },
    size: { type: 'string', default: '512' },
    rounds: { type: 'string', default: '3' },
    base: { type: 'string' },
    sdcpp: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const { checkpoint, size, base } = values;
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`--rounds: expected a positive integer, got ${values.rounds}`);

/** A line of the table. */
interface Row {
  readonly what: string;
  readonly value: number;
  readonly least?: number;
  readonly most?: number;
  readonly unit: 'ratio' | 's' | 'ms' | 'MB';
  readonly budget?: { readonly atMost: number } | { readonly atLeast: number };
}

const machine = {
  processor: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  vectors: vectorsOfProcessor(),
  memoryGB: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
  onnxRuntime: RUNTIME_VERSION,
  latentql: programVersion(),
  loadBefore: loadavg()[0]!,
};

const rows: Row[] = [];
for (const part of [peak, tiles, fast, server, watchers, load, memory, beside]) rows.push(...(await part()));
const report = { at: new Date().toISOString(), machine, checkpoint, size: Number(size), base, rounds, rows };
console.log(values.json ? JSON.stringify(report) : inWords());

/** The UNet's FLOP/s relative to those of large matrix products. */
async function peak(): Promise<Row[]> {
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [found] = await run<{ cpuRatio: number }>('unet', checkpoint, '--size', size, '--rounds', '1');
    ratios.push(found.cpuRatio);
  }
  return [row('UNet, guided step: FLOP/s over those of products', 'ratio', ratios, { atLeast: 0.95 })];
}

/** Winograd convolutions against direct ones and, if given, against another commit's engine. */
async function tiles(): Promise<Row[]> {
  const budgets = { unet: 0.82, encoder: 0.7, decoder: 0.65 };
  const found: Row[] = [];
  for (const [network, atMost] of Object.entries(budgets)) {
    const args = [checkpoint, '--network', network, '--size', size, '--rounds', String(rounds)];
    const [{ ways }] = await run<{ ways: { way: string; seconds: number; range: [number, number] }[] }>(
      'step',
      ...[...args, '--ways', 'NONE,F4'],
      ...(base === undefined ? [] : ['--base', base]),
    );
    const [first, last] = [ways[0]!, ways.at(-1)!];
    found.push({
      what: `${network}: time over that of ${base === undefined ? 'plain convolutions' : first.way}`,
      value: last.seconds / first.seconds,
      ...{ least: last.range[0] / first.range[1], most: last.range[1] / first.range[0], unit: 'ratio' },
      budget: { atMost },
    });
  }
  return found;
}

/** Time of a step with quality FAST relative to an exact one, if the CPU supports it. */
async function fast(): Promise<Row[]> {
  if (fastProblem(CPU) !== null) return [];
  const [{ ways }] = await run<{ ways: { seconds: number; range: [number, number] }[] }>(
    'step',
    ...[checkpoint, '--size', size, '--rounds', String(rounds), '--ways', 'F4,FAST'],
  );
  const [exact, other] = ways as [(typeof ways)[0], (typeof ways)[0]];
  return [
    {
      what: 'unet: time of quality FAST over that of EXACT',
      value: other.seconds / exact.seconds,
      ...{ least: other.range[0] / exact.range[1], most: other.range[1] / exact.range[0], unit: 'ratio' },
      budget: { atMost: 1 / 2.2 },
    },
  ];
}

/** Overhead of the server on top of the engine. */
async function server(): Promise<Row[]> {
  const on: number[] = [];
  const outside: number[] = [];
  const delays: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [found] = await run<
      Record<'previewsOnOff' | 'outsideEngineMilliseconds' | 'eventLoopP99Milliseconds', number>
    >(...(['server', '--size', '256', '--steps', '20', '--rounds', '3'] as const));
    on.push(found.previewsOnOff);
    outside.push(found.outsideEngineMilliseconds);
    delays.push(found.eventLoopP99Milliseconds);
  }
  return [
    row('previews on over previews off', 'ratio', on, { atMost: 1.01 }),
    row('a job outside the engine', 'ms', outside, { atMost: 50 }),
    row('event loop late while a job samples, p99', 'ms', delays, { atMost: 20 }),
  ];
}

async function watchers(): Promise<Row[]> {
  const [{ watchers: count, p99Milliseconds }] = await run<{ watchers: number; p99Milliseconds: number }>(
    'watchers',
  );
  return [row(`a step's way to ${count} watchers, p99`, 'ms', [p99Milliseconds], { atMost: 150 })];
}

async function load(): Promise<Row[]> {
  const seconds: number[] = [];
  let peakMB = 0;
  for (let round = 0; round < rounds; round++) {
    const lines = await run<{ load?: { seconds: number }; peakMB?: number }>(
      'load',
      checkpoint,
      '--size',
      size,
    );
    seconds.push(lines[0].load!.seconds);
    peakMB = Math.max(peakMB, lines.at(-1)!.peakMB!);
  }
  return [
    row('all networks loaded', 's', seconds, { atMost: 1 }),
    row('anonymous memory, each network alone, without a limit', 'MB', [peakMB]),
  ];
}

/** Memory of a whole job with MEMORY_LIMIT at 1.5 GB, which bounds it. */
async function memory(): Promise<Row[]> {
  const [{ side, measuredMB }] = await run<{ side: number; measuredMB: number }>(
    ...(['memory', checkpoint, '--sizes', size, '--memory-limit', '1536'] as const),
  );
  return [
    row(`anonymous memory of a job at ${side}², MEMORY_LIMIT 1.5 GB`, 'MB', [measuredMB], { atMost: 1200 }),
  ];
}

/** stable-diffusion.cpp's CPU time per step relative to ours, from one complete job each. */
async function beside(): Promise<Row[]> {
  if (values.sdcpp === undefined) return [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const theirs = await runSdCpp(values.sdcpp, { checkpoint, size: Number(size) });
    const [ours] = await run<{ ways: { seconds: number }[] }>(
      'step',
      checkpoint,
      '--size',
      size,
      '--rounds',
      '1',
      '--ways',
      'F4',
    );
    ratios.push(theirs.stepCpuSeconds / ours.ways[0]!.seconds);
  }
  return [row("stable-diffusion.cpp's guided step over ours", 'ratio', ratios, { atLeast: 5 })];
}

function row(what: string, unit: Row['unit'], found: readonly number[], budget?: Row['budget']): Row {
  const sorted = [...found].sort((a, b) => a - b);
  const spread = sorted.length > 1 ? { least: sorted[0]!, most: sorted.at(-1)! } : {};
  return { what, value: sorted[sorted.length >> 1]!, ...spread, unit, ...(budget && { budget }) };
}

/** Runs another bench and returns the JSON lines that it prints. Throws if it fails or prints none. */
async function run<T>(name: string, ...args: readonly string[]): Promise<[T, ...T[]]> {
  console.error(`${name} …`);
  const child = execFile(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'main.ts'), name, ...args],
    { maxBuffer: 2 ** 26 },
  );
  let printed = '';
  let complaints = '';
  child.stdout!.on('data', (text: string) => (printed += text));
  child.stderr!.on('data', (text: string) => (complaints += text));
  const [code] = (await once(child, 'close')) as [number | null];
  const lines = printed.split('\n').filter((line) => line.startsWith('{'));
  if (code !== 0 || lines.length === 0) throw new Error(`bench ${name} ended with ${code}: ${complaints}`);
  return lines.map((line) => JSON.parse(line) as T) as [T, ...T[]];
}

/** The CPU's vector instruction sets that the networks use, from Linux; unknown elsewhere. */
function vectorsOfProcessor(): string {
  if (process.platform !== 'linux') return 'unknown';
  const flags = new Set(/^flags\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' '));
  const known = ['avx512f', 'avx512_vnni', 'avx_vnni', 'avx2'].filter((flag) => flags.has(flag));
  return known.join(' ') || 'none';
}

function inWords(): string {
  const number = (value: number, unit: Row['unit']) => value.toFixed(unit === 'MB' || unit === 'ms' ? 0 : 2);
  const cells = rows.map(({ what, value, least, most, unit, budget }) => {
    const spread =
      least === undefined || most === undefined ? '' : `${number(least, unit)} to ${number(most, unit)}`;
    const sign = budget && ('atMost' in budget ? `≤ ${budget.atMost}` : `≥ ${budget.atLeast}`);
    const met = budget && ('atMost' in budget ? value <= budget.atMost : value >= budget.atLeast);
    return [
      what,
      `${number(value, unit)}${unit === 'ratio' ? '' : ` ${unit}`}`,
      spread,
      sign ?? '',
      met === undefined ? '' : met ? 'met' : 'missed',
    ];
  });
  const { processor, cores, vectors, memoryGB, platform, node, onnxRuntime, latentql, loadBefore } = machine;
  return [
    `LatentQL ${latentql}, ${processor}, ${cores} cores (${vectors}), ${memoryGB} GB, ${platform}, Node ${node}, ONNX Runtime ${onnxRuntime}, ` +
      `load ${loadBefore.toFixed(1)} before`,
    `${checkpoint}, ${size}², ${rounds} rounds${base === undefined ? '' : `, beside ${base}`}`,
    '',
    ...[['what', 'median', 'spread', 'budget', ''], ['-', '-', '-', '-', '-'], ...cells].map(
      (line) => `| ${line.join(' | ')} |`,
    ),
  ].join('\n');
}
