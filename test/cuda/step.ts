import { ELEMENT_BYTES } from '../../src/engine/checkpoint/safetensors.ts';
import { sourcesOf } from '../../src/engine/checkup/model.ts';
import { FUSED_OPERATORS } from '../../src/engine/graph/device-profile.ts';
import { sizeOf } from '../../src/engine/graph/graph.ts';
import type { CheckupModel } from '../../src/engine/index.ts';
import { linkProvider } from '../../src/engine/runtime/cuda-provider.ts';
import type { Device } from '../../src/engine/runtime/device.ts';
import { profilesOf } from '../../src/engine/runtime/profiles.ts';
import { openSession } from '../../src/engine/runtime/session.ts';
import { countsIn } from './stand-in.ts';

/** What a network takes of a card, and how often a run starts something there. */
export interface Load {
  readonly name: string;
  readonly weightBytes: number;
  readonly loadedBytes: number;
  /** After its first run. */
  readonly heldBytes: number;
  /** By its second run. */
  readonly grownBytes: number;
  readonly launches: number;
  /** By its second run, between the host and the card, and their bytes. */
  readonly copies: number;
  readonly copiedBytes: number;
  /** Of the inputs and outputs. */
  readonly valueBytes: number;
}

const bytesOf = (counts: Readonly<Record<'uploadedBytes' | 'downloadedBytes', number>>) =>
  counts.uploadedBytes + counts.downloadedBytes;

/**
 * Loads each network of a checkpoint on CUDA, or only those that every step runs, and runs it twice:
 * `<CheckupModel as JSON> [steps]`. Prints a Load for each, a line of JSON.
 */
async function* measure(model: CheckupModel, onlySteps: boolean): AsyncGenerator<Load> {
  const profile = { ...profilesOf('cuda', 'auto')[0]!, fused: new Set(FUSED_OPERATORS) };
  const device: Device = { name: 'cuda', profile, reason: 'chosen by name' };
  const counts = () => countsIn(process.env['STAND_IN_COUNTS']!);
  for (const source of await sourcesOf(model, device)) {
    if (onlySteps && !source.stays) continue;
    const graph = source.build(device.profile);
    const inputs = Object.fromEntries(
      graph.inputs.map(({ name, shape }) => [name, Array<number>(sizeOf(shape)).fill(1)]),
    );
    const session = await openSession(graph, device);
    const loaded = await counts();
    await session.run(inputs);
    const first = await counts();
    await session.run(inputs);
    const second = await counts();
    yield {
      ...{ name: graph.name, weightBytes: graph.weightBytes, loadedBytes: loaded.heldBytes },
      ...{ heldBytes: first.heldBytes, grownBytes: second.heldBytes - first.heldBytes },
      launches: second.launches - first.launches,
      copies: second.copies - first.copies,
      copiedBytes: bytesOf(second) - bytesOf(first),
      valueBytes: [...graph.inputs, ...graph.outputs].reduce(
        (sum, it) => sum + ELEMENT_BYTES[it.dtype] * sizeOf(it.shape),
        0,
      ),
    };
    await session.release();
  }
}

linkProvider();
for await (const load of measure(JSON.parse(process.argv[2]!) as CheckupModel, process.argv[3] === 'steps'))
  console.log(JSON.stringify(load));
