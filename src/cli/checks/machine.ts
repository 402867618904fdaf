import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressSpace } from '../../address-space.ts';
import type { Config } from '../../config.ts';
import { runtimeCore, startEngine } from '../../engine/index.ts';
import { ClockMark } from '../../jobs/clock-guard.ts';
import type { ModelDescription } from '../../models/catalog.ts';
import { whyNotOnNode } from '../../node-version.ts';
import { programVersion } from '../../start-log.ts';
import { usableMemory } from '../../usable-memory.ts';
import { sizeText } from '../table.ts';
import { type Finding, messageOf, ok, problem, warning } from './finding.ts';

/** Milliseconds by which the last known time may be ahead of the clock, as after corrections by a time service. */
const CLOCK_TOLERANCE = 60_000;

/** Versions of this program, Node and ONNX Runtime. */
export function checkVersions(): Finding[] {
  const why = whyNotOnNode(process.versions.node);
  const place = `${process.platform}-${process.arch}`;
  return [
    why === undefined
      ? ok(
          'versions',
          `LatentQL ${programVersion()}, Node ${process.versions.node}, ONNX Runtime ${runtimeCore().version}, ${place}`,
        )
      : problem('versions', why),
  ];
}

/** MEMORY_LIMIT against the usable memory, and a limit on address space. */
export function checkMemory({ memoryLimit }: Config, kilobytes = addressSpace()): Finding[] {
  const memory = usableMemory();
  const text = `MEMORY_LIMIT ${sizeText(memoryLimit)} of ${sizeText(memory)}`;
  return [
    memoryLimit > memory ? warning('memory', `${text}: the system may kill the engine`) : ok('memory', text),
    ...(kilobytes === undefined
      ? []
      : [
          warning(
            'memory',
            `ulimit -v leaves ${sizeText(1024 * kilobytes)} of address space, into which models are mapped: set it to unlimited`,
          ),
        ]),
  ];
}

const HUGE_PAGES = '/sys/kernel/mm/transparent_hugepage/enabled';

/** Whether Linux gives huge pages to the engine, which asks for them; nothing on other systems. */
export function checkHugePages(read: () => string = () => readFileSync(HUGE_PAGES, 'utf8')): Finding[] {
  let choice: string | undefined;
  try {
    choice = /\[(\w+)\]/.exec(read())?.[1];
  } catch {
    return [];
  }
  if (choice !== 'never')
    return [ok('huge pages', `transparent huge pages are set to ${choice ?? 'unknown'}`)];
  const remedy = `as root, \`echo madvise > ${HUGE_PAGES}\``;
  return [
    warning(
      'huge pages',
      `set to never: on a CPU, a VAE takes more than twice the processor time; ${remedy}`,
    ),
  ];
}

/** Opens and closes every device as the server does. */
export async function checkDevices({ devices, precision, memoryLimit }: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const choice of devices) {
    const name = choice.deviceIndex === undefined ? choice.device : `${choice.device}:${choice.deviceIndex}`;
    const engine = startEngine({ ...choice, precision, memoryLimit });
    try {
      const { device, reason } = await engine.open();
      findings.push(ok('device', `${name} opens as ${device}: ${reason}`));
    } catch (error) {
      findings.push(problem('device', `${name} does not open: ${messageOf(error)}`));
    } finally {
      await engine.close();
    }
  }
  return findings;
}

/** The usable models, and the problems of the others that exist. */
export function checkModels(models: readonly ModelDescription[]): Finding[] {
  const installed = models.filter((model) => model.installed).map(({ name }) => name);
  const broken = models.filter(({ installed: isUsable, sizeBytes }) => !isUsable && sizeBytes > 0);
  return [
    installed.length > 0
      ? ok('models', `${installed.join(', ')} can be used`)
      : problem('models', 'no model can be used, not even the bundled one: reinstall LatentQL'),
    ...broken.map(({ name, problem: why, missingFiles }) =>
      problem('models', `${name}: ${why ?? `${missingFiles.join(', ')} is missing`}`),
    ),
  ];
}

/** The clock of this machine against the last time recorded in the data folder. */
export async function checkClock({ dataDir }: Config, now = Date.now()): Promise<Finding[]> {
  const last = await new ClockMark(dataDir).read();
  const shown = new Date(now).toISOString();
  if (last !== undefined && last - now > CLOCK_TOLERANCE)
    return [
      problem(
        'clock',
        `it is ${shown}, before the last known time ${new Date(last).toISOString()}: set the clock, or delete ${join(dataDir, 'clock')} while the server is stopped`,
      ),
    ];
  return [ok('clock', shown)];
}
