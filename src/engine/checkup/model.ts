import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { checkpointName } from '../checkpoint/file-names.ts';
import { firstNotFinite, isAllEqual } from '../float32/scan.ts';
import { sizeOf, type NetworkGraph } from '../graph/graph.ts';
import { createModel } from '../pipeline/families.ts';
import { queryCard } from '../runtime/card.ts';
import type { Device } from '../runtime/device.ts';
import { ModelCache } from '../runtime/model-cache.ts';
import type { NetworkSource } from '../runtime/network-source.ts';
import type { InputValues } from '../runtime/session.ts';
import { openTracedSession } from '../runtime/trace.ts';
import { plainPlan } from '../text/prompt-plan.ts';
import { emptyT5Chunk } from '../text/t5-tokenizer.ts';
import { attempt } from './device.ts';
import { speedText, type CheckupModel, type Finding } from './finding.ts';

/** Number of timed runs after the first one. The fastest counts. */
const RUNS = 4;

/** Length of T5's shortest chunk in tokens. */
const T5_TOKENS = 256;

/**
 * Operators that may run on the CPU: CLIP finds the end of a prompt with integer operators, for which some
 * accelerators have no kernel; and the copies around them. Any other operator on the CPU is a failure.
 */
const MAY_RUN_ON_CPU: ReadonlySet<string> = new Set(['Equal', 'MemcpyFromHost', 'MemcpyToHost']);

/**
 * Loads each network of a checkpoint separately, runs it and checks its outputs and where its operators ran.
 */
export async function* checkModel(it: CheckupModel, device: Device): AsyncGenerator<Finding> {
  const file = checkpointName(it.checkpoint);
  let sources: NetworkSource[] = [];
  const opened = await attempt('network', file, async () => {
    sources = await sourcesOf(it, device);
    return { detail: `${sources.length} networks at ${it.side}×${it.side}` };
  });
  yield opened;
  for (const source of sources)
    yield attempt('network', `${file} ${source.name}`, () => checkNetwork(source, device));
}

/** The networks of a checkpoint as a job needs them. Throws CheckpointError. */
export async function sourcesOf({ checkpoint, side, isGuided }: CheckupModel, device: Device) {
  const opened = await openCheckpoint(checkpoint);
  const tokens = { ids: [emptyT5Chunk(T5_TOKENS)], weights: [Array<number>(T5_TOKENS).fill(1)] };
  const networks = new ModelCache({ device, memoryLimit: Infinity });
  const model = createModel(opened, networks, () => Promise.resolve(tokens));
  const cells = side / model.cellSize;
  return model.sources({
    ...{ batch: 1, height: cells, width: cells, encodesImage: true, guided: isGuided },
    prompts: { positive: plainPlan('a red house'), negative: plainPlan('text') },
  });
}

async function checkNetwork(source: NetworkSource, device: Device): Promise<Omit<Finding, 'part' | 'name'>> {
  const graph = source.build(device.profile);
  const memoryBefore = await usedOnCard(device);
  const start = performance.now();
  const session = await openTracedSession(graph, device);
  const seconds = (since: number) => (performance.now() - since) / 1000;
  try {
    const loadSeconds = seconds(start);
    const inputs = inputsOf(graph);
    const times: number[] = [];
    let outputs: Record<string, Float32Array> = {};
    let onCpu: string[] = [];
    for (let run = 0; run <= RUNS; run++) {
      const since = performance.now();
      outputs = await session.run(inputs);
      times.push(seconds(since));
      if (run === 0) onCpu = device.name === 'cpu' ? [] : await session.operatorsOnCpu();
    }
    const [firstSeconds = NaN, ...rest] = times;
    const bestSeconds = Math.min(...rest);
    const bytes = (await usedOnCard(device)) - memoryBefore;
    const problem = problemOf(outputs, onCpu);
    const numbers = {
      ...{ loadSeconds, firstSeconds, bestSeconds, flopsPerSecond: graph.flops / bestSeconds },
      ...{ weightBytes: graph.weightBytes, heldBytes: graph.heldBytes },
      ...(Number.isFinite(bytes) && { deviceBytes: bytes }),
    };
    return { ok: problem === undefined, detail: problem ?? inWords(numbers), numbers };
  } finally {
    await session.release();
  }
}

const inWords = ({
  loadSeconds,
  firstSeconds,
  bestSeconds,
  flopsPerSecond,
  weightBytes,
  deviceBytes,
}: Numbers) =>
  `loads in ${loadSeconds.toFixed(2)} s, first run ${firstSeconds.toFixed(3)} s, best ${bestSeconds.toFixed(3)} s ` +
  `(${speedText(flopsPerSecond)}), weights ${inMegabytes(weightBytes)}` +
  (deviceBytes === undefined ? '' : `, on the card ${inMegabytes(deviceBytes)}`);

interface Numbers {
  readonly loadSeconds: number;
  readonly firstSeconds: number;
  readonly bestSeconds: number;
  readonly flopsPerSecond: number;
  readonly weightBytes: number;
  readonly deviceBytes?: number;
}

const inMegabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;

/** What is wrong with a run; undefined if it is correct. */
function problemOf(outputs: Readonly<Record<string, Float32Array>>, onCpu: readonly string[]) {
  const strays = onCpu.filter((operator) => !MAY_RUN_ON_CPU.has(operator));
  if (strays.length > 0) return `operators run on the CPU: ${strays.join(', ')}`;
  for (const [name, values] of Object.entries(outputs)) {
    const bad = firstNotFinite(values);
    if (bad >= 0) return `output ${name} is ${values[bad]!} at index ${bad}`;
    if (isAllEqual(values)) return `all values of output ${name} are ${values[0]!}`;
  }
  return undefined;
}

/** Bytes in use on the card; NaN if unknown. */
async function usedOnCard({ name }: Device): Promise<number> {
  if (name !== 'cuda') return NaN;
  return queryCard().then(
    ({ memoryUsedBytes }) => memoryUsedBytes,
    () => NaN,
  );
}

/** Input values: bounded and aperiodic for floats, 1 for integers. */
const inputsOf = ({ inputs }: NetworkGraph): Record<string, InputValues> =>
  Object.fromEntries(
    inputs.map(({ name, dtype, shape }, phase): [string, InputValues] => {
      const length = sizeOf(shape);
      if (dtype === 'I64') return [name, new BigInt64Array(length).fill(1n)];
      const wave = (i: number) => Math.sin(phase + i * 1.37 + (i % 1009) ** 2 * 0.013);
      return [name, Float32Array.from({ length }, (_, i) => wave(i))];
    }),
  );
