import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { environmentFor } from '../src/engine/engine-process.ts';
import type { CheckupModel, Finding } from '../src/engine/index.ts';
import { checkGpu, readGpuCheckOptions, runChecks, type GpuCheckOptions } from '../src/setup/gpu-check.ts';
import { goldenModels } from '../test/engine/pipeline/golden-models.ts';

/**
 * Checks a device completely: `latentql gpu check`, the error of each network against recorded vectors, and
 * full-size checkpoints with random weights, which are written first if there is space (48 GB, or less with
 * --only):
 * `npm run gpu:check -- [--device cuda:0|webgpu|cpu] [--precision f16] [--only sd15,sdxl,flux] [--json]`
 *
 * On the CPU, which serves to verify half-precision graphs, the tiny recorded checkpoints are used instead of
 * the large ones.
 */

/** Full-size files, and the side of the picture with which they are timed. */
const REAL = {
  sd15: { file: 'sd15-synth.safetensors', side: 512, isGuided: true, bytes: 2.2e9 },
  sdxl: { file: 'sdxl-synth.safetensors', side: 1024, isGuided: true, bytes: 7e9 },
  flux: { file: 'flux1-schnell-synth.safetensors', side: 1024, isGuided: false, bytes: 34e9 },
} as const;
type Real = keyof typeof REAL;

const { values } = parseArgs({
  options: {
    device: { type: 'string' },
    precision: { type: 'string' },
    only: { type: 'string', default: Object.keys(REAL).join() },
    json: { type: 'boolean' },
  },
});
const options = readGpuCheckOptions(values);
const kinds = values.only.split(',') as Real[];
const unknown = kinds.filter((kind) => !Object.hasOwn(REAL, kind));
if (unknown.length > 0)
  throw new Error(`--only: expected ${Object.keys(REAL).join(', ')}, got ${unknown.join(', ')}`);

const golden = await goldenModels();
const folder = await mkdtemp(join(tmpdir(), 'latentql-gpu-check-'));
try {
  const tiny = (['sd15', 'sdxl', 'flux'] as const).map((model): CheckupModel => {
    return { checkpoint: golden.checkpoint(model), side: 128, isGuided: model !== 'flux' };
  });
  const isSmall = options.choice.device === 'cpu';
  process.exitCode = await runChecks(options, [
    (report) => checkGpu({ ...options, models: [...options.models, ...tiny] }, report),
    (report) => compareNetworks(options, report),
    ...(isSmall ? [] : kinds.map((kind) => (report: Report) => timeRealSize(kind, report))),
  ]);
} finally {
  await rm(folder, { recursive: true });
  await golden.remove();
}

type Report = (finding: Finding) => void;

/** Runs all recorded networks in half precision and in float32, each in a separate process. */
async function compareNetworks({ choice, precision }: GpuCheckOptions, report: Report): Promise<void> {
  for (const compute of precision === 'auto' ? ['f16', 'f32'] : [precision]) {
    const args = [
      'test/golden',
      '--only',
      'nets',
      '--device',
      choice.device,
      '--precision',
      compute,
      '--json',
    ];
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', 'test/conformance/main.ts', ...args],
      { env: environmentFor(choice.deviceIndex) },
    ).catch((error: unknown) => error as { stdout: string; stderr: string }); // exits with 1 if a case fails
    const found = /^\{.*\}$/m.exec(stdout)?.[0];
    const { cases, failed, worst, failures } = found
      ? (JSON.parse(found) as { nets: Record<'cases' | 'failed' | 'worst', number> & { failures: string[] } })
          .nets
      : { cases: 0, failed: 1, worst: NaN, failures: [stderr.trim()] };
    report({
      ...{ part: 'vectors', name: `recorded networks in ${compute}`, ok: failed === 0 && cases > 0 },
      detail: `${cases} cases, worst error ${worst.toFixed(2)} of its tolerance${failed > 0 ? `; wrong: ${failures.join(', ')}` : ''}`,
      ...(found !== undefined && { numbers: { cases, failed, worst } }),
    });
  }
}

async function timeRealSize(kind: Real, report: Report): Promise<void> {
  const { file, bytes, ...size } = REAL[kind];
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < 1.1 * bytes) {
    const detail = `${tmpdir()} has less than ${bytes / 1e9} GB of free space: set TMPDIR, or exclude this model with --only`;
    report({ part: 'network', name: file, ok: false, detail });
    return;
  }
  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'bench/synth.ts', kind, '--out', folder]);
  await checkGpuModel({ checkpoint: join(folder, file), ...size }, report);
  await rm(join(folder, file));
}

/** Checks the networks of a checkpoint. The device itself has been checked before. */
const checkGpuModel = (model: CheckupModel, report: Report): Promise<void> =>
  checkGpu({ ...options, models: [model] }, (finding) => {
    if (finding.part === 'network' || !finding.ok) report(finding);
  });
