import { parseArgs } from 'node:util';
import {
  checkUp,
  PRECISIONS,
  queryCard,
  type CheckupModel,
  type Finding,
  type Precision,
} from '../engine/index.ts';
import { devices, type DeviceChoice } from '../setting-values.ts';
import { findCudaLibraries } from './cuda-libraries.ts';
import { SetupError } from './download.ts';

/** What `gpu check` is asked for. */
export interface GpuCheckOptions {
  readonly choice: DeviceChoice;
  readonly precision: Precision;
  /** One JSON object instead of lines. */
  readonly json: boolean;
  readonly models: readonly CheckupModel[];
}

/** `[--device cuda:0|webgpu|cpu] [--precision auto|f16|f32] [--checkpoint <file>] [--size 512] [--json]`. Throws SetupError. */
export function readGpuCheckOptions(args: string[]): GpuCheckOptions {
  const { values } = parseArgs({
    args,
    options: {
      device: { type: 'string', default: 'auto' },
      precision: { type: 'string' },
      checkpoint: { type: 'string' },
      size: { type: 'string', default: '512' },
      json: { type: 'boolean', default: false },
    },
  });
  const chosen = devices.safeParse(values.device);
  const [choice, ...others] = chosen.data ?? [];
  if (!choice || others.length > 0)
    throw new SetupError(`--device: ${chosen.error?.issues[0]?.message ?? 'expected one device'}`);
  // What the CPU is asked about here is whether graphs in half precision are right.
  const usual = choice.device === 'cpu' ? 'f16' : 'auto';
  const precision = PRECISIONS.find((known) => known === (values.precision ?? usual));
  if (!precision)
    throw new SetupError(`--precision: expected ${PRECISIONS.join(', ')}, got "${values.precision}"`);
  const side = Number(values.size);
  if (!(side >= 64 && side <= 2048 && side % 64 === 0))
    throw new SetupError(`--size: expected a multiple of 64 from 64 to 2048, got "${values.size}"`);
  const { checkpoint } = values;
  const models = checkpoint === undefined ? [] : [{ checkpoint, side, isGuided: true }];
  return { choice, precision, json: values.json, models };
}

/** Driver and libraries where CUDA is asked for, then the device itself; each finding is reported at once. */
export async function checkGpu(
  { choice, precision, models }: Omit<GpuCheckOptions, 'json'>,
  report: (finding: Finding) => void,
): Promise<void> {
  if (choice.device === 'cuda') {
    report(await driverFinding(choice));
    for (const finding of await libraryFindings()) report(finding);
  }
  await checkUp({ ...choice, precision, models }, report);
}

async function driverFinding({ deviceIndex }: DeviceChoice): Promise<Finding> {
  const visible = process.env['CUDA_VISIBLE_DEVICES']?.split(',')[deviceIndex ?? 0];
  const id = visible ?? String(deviceIndex ?? 0);
  try {
    const card = await queryCard({ ...process.env, CUDA_VISIBLE_DEVICES: id });
    const { name, driver, computeCapability, memoryBytes, memoryUsedBytes } = card;
    return {
      ...{ part: 'driver', name, ok: true },
      detail: `driver ${driver}, compute capability ${computeCapability}, ${Math.round(memoryBytes / 2 ** 20)} MB of memory`,
      numbers: { memoryBytes, memoryUsedBytes },
    };
  } catch (error) {
    return { part: 'driver', name: `cuda:${id}`, ok: false, detail: (error as Error).message };
  }
}

async function libraryFindings(): Promise<Finding[]> {
  return (await findCudaLibraries()).map(({ file, folder, remedy }) => ({
    ...{ part: 'libraries', name: file, ok: folder !== undefined },
    detail: folder ?? `missing: ${remedy}`,
  }));
}

/** A finding as a line. */
export const showFinding = ({ part, name, ok, detail }: Finding): string =>
  `${ok ? '✓' : '✗'} ${part.padEnd(13)} ${name}: ${detail}`;

/** Runs checks, prints what they find, as it comes or as one JSON object, and gives the exit status. */
export async function runChecks(
  { choice, json }: Pick<GpuCheckOptions, 'choice' | 'json'>,
  checks: readonly ((report: (finding: Finding) => void) => Promise<void>)[],
  print: (text: string) => void = console.log,
): Promise<number> {
  const findings: Finding[] = [];
  for (const check of checks)
    await check((finding) => {
      findings.push(finding);
      if (!json) print(showFinding(finding));
    });
  const failed = findings.filter(({ ok }) => !ok).length;
  if (json) print(JSON.stringify({ ...choice, ok: failed === 0, findings }));
  else print(failed === 0 ? 'everything is right' : `${failed} of ${findings.length} checks failed`);
  return failed === 0 ? 0 : 1;
}
