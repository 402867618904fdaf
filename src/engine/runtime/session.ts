import './no-telemetry.ts';
import { InferenceSession, Tensor, env, listSupportedBackends } from 'onnxruntime-node';
import { DeviceError } from '../errors.ts';
import { sizeOf, type NetworkGraph } from '../graph/graph.ts';
import type { ValueSpec } from '../graph/proto.ts';
import type { Device } from './device.ts';
import { PreparedWeights, type Feeds } from './prepared-weights.ts';

/** Version of ONNX Runtime. */
export const RUNTIME_VERSION: string = env.versions.node ?? '';

// What goes wrong is thrown; the log would print it a second time.
env.logLevel = 'fatal';

/** Names of the execution providers that this build of ONNX Runtime has or could load. */
export function providers(): string[] {
  return listSupportedBackends().map(({ name }) => name);
}

/** Values of one input, in row-major order; converted to the input's element type. */
export type InputValues = Float32Array | BigInt64Array | readonly number[];

/** A network loaded on a device. `run` blocks the thread until it is done. */
export interface Session {
  readonly graph: NetworkGraph;
  /** Takes all inputs by name, gives all outputs by name. Throws DeviceError if the device fails. */
  run(inputs: Readonly<Record<string, InputValues>>): Promise<Record<string, Float32Array>>;
  /** Gives all its memory back; a later run loads the network again. */
  release(): Promise<void>;
}

/**
 * Loads a network. Its weights stay in the checkpoint's files; what is made of them is taken from `weights`, or made there.
 * Throws DeviceError.
 */
export const openSession = async (
  graph: NetworkGraph,
  device: Device,
  weights = new PreparedWeights(),
): Promise<Session> => (await openWith(graph, device, {}, weights)).session;

interface ProfiledSession {
  readonly session: Session;
  /** Ends the profile and writes it out; runs go on. */
  endProfiling: () => void;
}

/** Loads a network whose runs write a profile, to files that begin with this path. Throws DeviceError. */
export const openProfiledSession = (
  graph: NetworkGraph,
  device: Device,
  path: string,
): Promise<ProfiledSession> => openWith(graph, device, { enableProfiling: true, profileFilePrefix: path });

async function openWith(
  graph: NetworkGraph,
  device: Device,
  more: InferenceSession.SessionOptions,
  weights = new PreparedWeights(),
): Promise<ProfiledSession> {
  const options = { ...sessionOptions(graph, device), ...more };
  const load = () =>
    InferenceSession.create(graph.model, options).catch((cause: unknown) => {
      throw new DeviceError(`${graph.name} does not load on ${device.name}: ${messageOf(cause)}`, { cause });
    });
  const prepared = await weights.feedsOf(graph, (values) => valuesOf(values, device));
  let loaded: InferenceSession | undefined = await load();
  const session: Session = {
    graph,
    async run(inputs) {
      const feeds = Object.fromEntries(graph.inputs.map((spec) => [spec.name, feed(graph, spec, inputs)]));
      loaded ??= await load();
      const results = await loaded.run({ ...feeds, ...prepared }).catch((cause: unknown) => {
        throw new DeviceError(`${graph.name} failed on ${device.name}: ${messageOf(cause)}`, { cause });
      });
      return Object.fromEntries(graph.outputs.map(({ name }) => [name, results[name]!.data as Float32Array]));
    },
    async release() {
      await loaded?.release();
      loaded = undefined;
    },
  };
  return { session, endProfiling: () => loaded?.endProfiling() };
}

/** What a small graph makes of weights. */
async function valuesOf(graph: NetworkGraph, device: Device): Promise<Feeds> {
  try {
    const session = await InferenceSession.create(graph.model, sessionOptions(graph, device));
    const results = await session.run({ x: new Tensor('float32', Float32Array.of(0), [1]) });
    await session.release();
    return results;
  } catch (cause) {
    throw new DeviceError(`${graph.name} cannot be made on ${device.name}: ${messageOf(cause)}`, { cause });
  }
}

function sessionOptions(
  { weightFolder, runs }: NetworkGraph,
  { name }: Device,
): InferenceSession.SessionOptions {
  return {
    executionProviders: [name],
    // The arena never gives anything back.
    enableCpuMemArena: runs === 'steps',
    // A plan of the whole run's memory would be allocated beside what the first run has taken.
    enableMemPattern: false,
    // Graphs are written as the CPU runs them: ONNX Runtime's optimisers find nothing there and take most of a load. `all`
    // would copy every convolution's weight into a blocked layout.
    graphOptimizationLevel: name === 'cpu' ? 'disabled' : 'extended',
    logSeverityLevel: 4,
    extra: {
      session: {
        model_external_initializers_file_folder_path: weightFolder,
        // Packed weights are copies: the page cache would hold the checkpoint a second time.
        disable_prepacking: '1',
        // In the arena, which grows by powers of two, weights would take up to twice their bytes of a card.
        ...(name === 'cuda' && { use_device_allocator_for_initializers: '1' }),
        // Between two steps the other processes need the cores.
        intra_op: { allow_spinning: '0' },
      },
    },
  };
}

function feed(
  graph: NetworkGraph,
  { name, dtype, shape }: ValueSpec,
  inputs: Readonly<Record<string, InputValues>>,
) {
  const values = inputs[name];
  if (values?.length !== sizeOf(shape)) {
    throw new RangeError(
      `${graph.name}: input "${name}" takes ${sizeOf(shape)} values [${shape.join()}], got ${values?.length ?? 'none'}`,
    );
  }
  return dtype === 'I64'
    ? new Tensor(
        'int64',
        values instanceof BigInt64Array ? values : BigInt64Array.from(values, BigInt),
        shape,
      )
    : new Tensor(
        'float32',
        values instanceof Float32Array ? values : Float32Array.from(values, Number),
        shape,
      );
}

/** The message without ONNX Runtime's source location and condition. */
function messageOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.replace(/^.* was false\. /s, '').trim();
}
