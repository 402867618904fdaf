import './no-telemetry.ts';
import { InferenceSession, Tensor, env, listSupportedBackends } from 'onnxruntime-node';
import { DeviceError } from '../errors.ts';
import { sizeOf, type NetworkGraph } from '../graph/graph.ts';
import type { ValueSpec } from '../graph/proto.ts';
import type { Device } from './device.ts';
import { PreparedWeights, type Feeds } from './prepared-weights.ts';

/** Version of ONNX Runtime. */
export const RUNTIME_VERSION: string = env.versions.node ?? '';

// Errors are thrown; the log would print them a second time.
env.logLevel = 'fatal';

/** Execution providers that this build of ONNX Runtime contains or may load. */
export function providers(): string[] {
  return listSupportedBackends().map(({ name }) => name);
}

/** Values of an input in row-major order. They are converted to the input's element type. */
export type InputValues = Float32Array | BigInt64Array | readonly number[];

/** A network loaded on a device. `run` blocks the thread. */
export interface Session {
  readonly graph: NetworkGraph;
  /**
   * Runs the network with all inputs by name; returns all outputs by name. Throws DeviceError if the device
   * fails, RangeError for an input of the wrong size.
   */
  run(inputs: Readonly<Record<string, InputValues>>): Promise<Record<string, Float32Array>>;
  /** Releases all memory. A later run loads the network again. */
  release(): Promise<void>;
}

/**
 * Loads a network. Its weights stay in the checkpoint's files. Prepared values are taken from `weights`, or
 * computed and stored there. Throws DeviceError.
 */
export const openSession = async (
  graph: NetworkGraph,
  device: Device,
  weights = new PreparedWeights(),
): Promise<Session> => (await openWith(graph, device, {}, weights)).session;

interface ProfiledSession {
  readonly session: Session;
  /** Ends profiling and writes the profile. The session can still be run. */
  endProfiling: () => void;
}

/** Loads a network with profiling enabled. `path` is the prefix of the profile's file. Throws DeviceError. */
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

/** Runs a graph of prepared values. */
async function valuesOf(graph: NetworkGraph, device: Device): Promise<Feeds> {
  try {
    const session = await InferenceSession.create(graph.model, sessionOptions(graph, device));
    const results = await session.run({ x: new Tensor('float32', Float32Array.of(0), [1]) });
    await session.release();
    return results;
  } catch (cause) {
    throw new DeviceError(`${graph.name} cannot be computed on ${device.name}: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function sessionOptions(
  { weightFolder, scratch }: NetworkGraph,
  { name }: Device,
): InferenceSession.SessionOptions {
  return {
    executionProviders: [name],
    enableCpuMemArena: scratch === 'ARENA',
    // A memory plan of the whole run would be allocated in addition to the memory of the first run.
    enableMemPattern: false,
    // Graphs are already in the form that the CPU executes: ONNX Runtime's optimisers find nothing to do and
    // take most of the load time. `all` would copy each convolution's weight into a blocked layout.
    graphOptimizationLevel: name === 'cpu' ? 'disabled' : 'extended',
    logSeverityLevel: 4,
    extra: {
      session: {
        model_external_initializers_file_folder_path: weightFolder,
        // Prepacked weights are copies: together with the page cache, the checkpoint would be in memory
        // twice.
        disable_prepacking: '1',
        // The arena grows by powers of two: weights in it would take up to twice their size on a card.
        ...(name === 'cuda' && { use_device_allocator_for_initializers: '1' }),
        // Other processes need the cores between steps.
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
