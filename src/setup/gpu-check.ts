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

/** Options of `gpu check`. */
export interface GpuCheckOptions {
  readonly choice: DeviceChoice;
  readonly precision: Precision;
  /** One JSON object instead of lines. */
  readonly json: boolean;
  readonly models: readonly CheckupModel[];
}

/** The unchecked flags of `gpu check`. */
export interface GpuCheckFlags {
  readonly device?: string | undefined;
  readonly precision?: string | undefined;
  readonly checkpoint?: string | undefined;
  readonly size?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Checks the flags and fills in the defaults. Throws SetupError. */
export function readGpuCheckOptions(flags: GpuCheckFlags): GpuCheckOptions {
  const { device = 'auto', checkpoint, size = '512', json = false } = flags;
  const chosen = devices.safeParse(device);
  const [choice, ...others] = chosen.data ?? [];
  if (!choice || others.length > 0)
    throw new SetupError(`--device: ${chosen.error?.issues[0]?.message ?? 'expected one device'}`);
  // What the CPU is asked about here is whether graphs in half precision are right.
  const usual = choice.device === 'cpu' ? 'f16' : 'auto';
  const precision = PRECISIONS.find((known) => known === (flags.precision ?? usual));
  if (!precision)
    throw new SetupError(`--precision: expected ${PRECISIONS.join(', ')}, got "${flags.precision}"`);
  const side = Number(size);
  if (!(side >= 64 && side <= 2048 && side % 64 === 0))
    throw new SetupError(`--size: expected a multiple of 64 from 64 to 2048, got "${size}"`);
  const models = checkpoint === undefined ? [] : [{ checkpoint, side, isGuided: true }];
  return { choice, precision, json, models };
}

/** Checks driver and libraries for CUDA, then the device itself; reports each finding at once. */
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

/** Runs checks, prints their findings line by line or as one JSON object, and returns the exit code. */
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
  else print(failed === 0 ? 'all checks passed' : `${failed} of ${findings.length} checks failed`);
  return failed === 0 ? 0 : 1;
}
