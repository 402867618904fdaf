/** Values and nodes of one graph. Longer than other files: Graph and Tensor refer to each other, and the nodes share Graph's books. */
import { basename, parse, sep } from 'node:path';
import { ELEMENT_BYTES, type TensorWindow } from '../checkpoint/safetensors.ts';
import { CheckpointError } from '../errors.ts';
import type { ComputeType, DeviceProfile, RunPattern, WinogradUse } from './device-profile.ts';
import { toHalf } from './float16.ts';
import { flopsOf } from './flops.ts';
import { heldOnDevice } from './held-bytes.ts';
import { largestCutValue } from './largest-value.ts';
import { sizeOf, type NetworkGraph, type PreparedValues } from './network-graph.ts';
import { weightsFirst } from './node-order.ts';
import { peakBytes, type ResultSize } from './peak-bytes.ts';
import {
  ELEMENT_TYPES,
  encodeModel,
  type Attribute,
  type ElementType,
  type InitialiserSpec,
  type NodeSpec,
  type ValueSpec,
} from './proto.ts';

export { preparedBytes, sizeOf, type NetworkGraph, type PreparedValues } from './network-graph.ts';

/** A value in a graph under construction: a name with an element type and a static shape. */
export class Tensor {
  readonly graph: Graph;
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];

  constructor(graph: Graph, { name, dtype, shape }: ValueSpec) {
    this.graph = graph;
    this.name = name;
    this.dtype = dtype;
    this.shape = shape;
  }

  /** Size along an axis; negative axes count from the end. */
  dim(axis: number): number {
    const size = this.shape.at(axis);
    if (size === undefined) throw new RangeError(`${this.name} [${this.shape.join()}] has no axis ${axis}`);
    return size;
  }

  get byteLength(): number {
    return sizeOf(this.shape) * ELEMENT_BYTES[this.dtype];
  }
}

/** Optional properties of a node. */
export interface NodeOptions {
  /** Element type of the result; the first input's if absent. */
  readonly dtype?: ElementType;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Number of unused results before the one that is returned; 0 if absent. */
  readonly unread?: number;
  /** Operator domain; the standard one if absent. */
  readonly domain?: string;
}

/** Operators that only rearrange or reshape their input. */
const VIEWS = new Set(['Reshape', 'Transpose']);

/** A graph under construction. Equal constants are shared. */
export class Graph {
  readonly profile: DeviceProfile;
  readonly #name: string;
  readonly #runs: RunPattern;
  readonly #nodes: NodeSpec[] = [];
  readonly #results = new Map<string, Tensor>();
  readonly #inputs: Tensor[] = [];
  readonly #initialisers: InitialiserSpec[] = [];
  readonly #constants = new Map<string, Tensor>();
  readonly #withheld = new Map<string, ValueSpec>();
  readonly #checks: (() => void)[] = [];
  readonly #prepared: PreparedValues[] = [];
  readonly #even = new WeakSet<Tensor>();
  /** Names of the values that are not known when the network is loaded. */
  readonly #variable = new Set<string>();
  #weightFolder = '';
  #weightBytes = 0;
  #widenedBytes = 0;
  #flops = 0;
  #names = 0;

  constructor(name: string, profile: DeviceProfile, runs: RunPattern = 'steps') {
    this.#name = name;
    this.#runs = runs;
    this.profile = profile;
  }

  /** Adds an input. */
  input(name: string, dtype: ElementType, shape: readonly number[]): Tensor {
    const tensor = new Tensor(this, { name, dtype, shape });
    this.#inputs.push(tensor);
    this.#variable.add(name);
    return tensor;
  }

  /** Compute type of the network. */
  get compute(): ComputeType {
    return this.profile.compute;
  }

  /** Winograd settings of the network. */
  get winograd(): WinogradUse {
    return this.profile.winograd[this.#runs];
  }

  /**
   * Adds constant floats, float32 by default. Equal constants are shared; an `id` makes the comparison of
   * large ones cheap.
   */
  constant(
    values: ArrayLike<number>,
    shape: readonly number[],
    dtype: ElementType = 'F32',
    id?: string,
  ): Tensor {
    return dtype === 'F16'
      ? this.#inline('F16', toHalf(values), shape, id)
      : this.#inline('F32', Float32Array.from(values), shape, id);
  }

  /**
   * Adds a constant vector of 64-bit integers, as operators take shapes and axes; a scalar if `shape` is [].
   */
  integers(values: readonly number[], shape: readonly number[] = [values.length]): Tensor {
    return this.#inline('I64', BigInt64Array.from(values, BigInt), shape);
  }

  /** Adds constant float32 numbers that are computed once per `id`. */
  numbers(id: string, shape: readonly number[], compute: () => ArrayLike<number>): Tensor {
    return this.#constants.get(id) ?? this.#inline('F32', Float32Array.from(compute()), shape, id);
  }

  /** Adds a constant vector of 32-bit indices that is computed once per `id`. */
  indices(id: string, compute: () => Int32Array): Tensor {
    const known = this.#constants.get(id);
    if (known) return known;
    const values = compute();
    return this.#inline('I32', values, [values.length], id);
  }

  /**
   * Adds a window into a checkpoint file as a weight with the given shape. It is read in place. Throws
   * CheckpointError for an unsupported dtype or a file on another volume.
   */
  window({ key, file, dtype, offset, byteLength }: TensorWindow, shape: readonly number[]): Tensor {
    if (!isElementType(dtype)) {
      const known = Object.keys(ELEMENT_TYPES).join(', ');
      throw new CheckpointError(`${basename(file)}: "${key}" has dtype ${dtype}, expected ${known}`);
    }
    // Locations are relative to the root, so that a graph can use files in different folders.
    const { root } = parse(file);
    if (this.#weightFolder !== '' && root !== this.#weightFolder) {
      throw new CheckpointError(
        `${basename(file)} is on a different volume from the checkpoint's other files`,
      );
    }
    this.#weightFolder = root;
    this.#weightBytes += byteLength;
    if (byteLength < this.profile.widenInRunFrom) this.#widenedBytes += ELEMENT_BYTES.F32 * sizeOf(shape);
    const value = { name: this.#fresh(key), dtype, shape };
    const location = file.slice(root.length).split(sep).join('/');
    this.#initialisers.push({ ...value, location, offset, byteLength });
    return new Tensor(this, value);
  }

  /** Adds an operator with one result. A null input is an optional one that is omitted. */
  node(
    op: string,
    inputs: readonly [Tensor, ...(Tensor | null)[]],
    shape: readonly number[],
    { dtype = inputs[0].dtype, attributes = {}, domain = '', unread = 0 }: NodeOptions = {},
  ): Tensor {
    const tensor = new Tensor(this, { name: this.#fresh(op), dtype, shape });
    const names = inputs.map((input) => input?.name ?? '');
    const shapes = inputs.map((input) => input?.shape ?? []);
    this.#flops += flopsOf(op, shapes, shape);
    const others = Array.from({ length: unread }, (_, i) => `${tensor.name}:${i}`);
    this.#push(
      {
        ...{ op, domain, inputs: names, output: tensor.name, attributes },
        ...(unread > 0 && { unread: others }),
      },
      [tensor],
    );
    if (VIEWS.has(op) && this.isEven(inputs[0])) this.even(tensor);
    return tensor;
  }

  /**
   * Withholds a weight, or a value cast from one at load, from ONNX Runtime's constant folding. An
   * initialiser that is also an input is not a constant, and a run need not feed it (ONNX IR,
   * "Initializers"). A cast value passes through a Reshape to a withheld shape.
   */
  withheld(weight: Tensor): Tensor {
    const initialiser = this.#initialisers.findLast(({ name }) => name === weight.name);
    if (initialiser) {
      this.#withheld.set(weight.name, initialiser);
      this.#variable.add(weight.name);
      return weight;
    }
    const { shape: dims } = weight;
    const shape = this.#inline(
      'I64',
      BigInt64Array.from(dims, BigInt),
      [dims.length],
      `withheld ${dims.join()}`,
    );
    this.#withheld.set(shape.name, shape);
    this.#variable.add(shape.name);
    return this.node('Reshape', [weight, shape], weight.shape);
  }

  /**
   * Whether a value is constant for ONNX Runtime: a constant that is not withheld, or computed from such
   * constants only.
   */
  isConstant(x: Tensor): boolean {
    return !this.#variable.has(x.name);
  }

  /**
   * Marks a value as free of outliers, as the outputs of normalisations and attention are. Views inherit the
   * mark.
   */
  even(x: Tensor): Tensor {
    this.#even.add(x);
    return x;
  }

  /** Whether a value is marked as free of outliers. */
  isEven(x: Tensor): boolean {
    return this.#even.has(x);
  }

  /**
   * Adds an operator whose first result has the given shape and whose other results are scalars. Returns all
   * of them.
   */
  nodeWithScalars(
    op: string,
    inputs: readonly [Tensor, ...Tensor[]],
    shape: readonly number[],
    types: readonly [ElementType, ...ElementType[]],
  ): [Tensor, ...Tensor[]] {
    const [dtype, ...scalars] = types;
    const first = new Tensor(this, { name: this.#fresh(op), dtype, shape });
    const more = scalars.map(
      (dtype, i) => new Tensor(this, { name: `${first.name}:${i}`, dtype, shape: [] }),
    );
    const names = inputs.map(({ name }) => name);
    const moreNames = more.map(({ name }) => name);
    this.#push({ op, domain: '', inputs: names, output: first.name, more: moreNames, attributes: {} }, [
      first,
      ...more,
    ]);
    return [first, ...more];
  }

  /**
   * Adds values that a separate graph computes from weights when the network is loaded. `make` must use `x`
   * [1], so that nothing is folded before that graph runs.
   */
  prepared<Name extends string>(
    id: string,
    make: (graph: Graph, x: Tensor) => Readonly<Record<Name, Tensor>>,
  ): Readonly<Record<Name, Tensor>> {
    const own = new Graph(id, this.profile, 'pictures');
    const graph = own.build(make(own, own.input('x', 'F32', [1])));
    const tensors = graph.outputs.map(
      ({ name, ...value }) =>
        [name, new Tensor(this, { name: this.#fresh(`${id} ${name}`), ...value })] as const,
    );
    const names = Object.fromEntries(tensors.map(([name, tensor]) => [name, tensor.name]));
    for (const name of Object.values(names)) this.#variable.add(name);
    this.#prepared.push({ id, graph, names });
    return Object.fromEntries(tensors) as Record<Name, Tensor>;
  }

  /** Registers a check that `build` runs before it encodes the graph. */
  beforeBuild(check: () => void): void {
    this.#checks.push(check);
  }

  /**
   * Encodes the graph. Outputs get the given names; half-precision ones are converted to float32. Throws
   * CheckpointError if weights were left unread.
   */
  build(outputs: Readonly<Record<string, Tensor>>): NetworkGraph {
    for (const check of this.#checks) check();
    const named = Object.entries(outputs).map(([name, { dtype, shape }]): ValueSpec => ({
      name,
      dtype: dtype === 'F16' ? 'F32' : dtype,
      shape,
    }));
    const copies = Object.entries(outputs).map(([name, { name: result, dtype }]): NodeSpec => ({
      op: dtype === 'F16' ? 'Cast' : 'Identity',
      domain: '',
      inputs: [result],
      output: name,
      attributes: dtype === 'F16' ? { to: { i: ELEMENT_TYPES.F32 } } : {},
    }));
    const nodes = weightsFirst([...this.#nodes, ...copies], this.#inputs);
    const inputs = this.#inputs.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
    const prepared = this.#prepared;
    const given = prepared.flatMap(({ graph, names }) =>
      graph.outputs.map((value): ValueSpec => ({ ...value, name: names[value.name]! })),
    );
    const model = {
      ...{ name: this.#name, nodes, initialisers: this.#initialisers },
      ...{ inputs: [...inputs, ...given], withheld: this.#withheldValues(), outputs: named },
    };
    return {
      name: this.#name,
      runs: this.#runs,
      scratch: this.#runs === 'steps' ? 'ARENA' : this.profile.pictureScratch,
      model: encodeModel(model),
      weightFolder: this.#weightFolder,
      inputs,
      outputs: named,
      weightBytes: this.#weightBytes,
      heldBytes: this.profile.weights === 'device' ? this.#heldOnDevice() : this.#widenedBytes,
      activationBytes: peakBytes(nodes, (name) => this.#sizeOf(name)),
      largestValue: largestCutValue(nodes, (name) => this.#results.get(name)?.byteLength ?? 0),
      flops: this.#flops,
      ...(prepared.length > 0 && { prepared }),
    };
  }

  /**
   * On the CPU without their shapes. If ONNX Runtime knows a shape, it keeps the memory until a value of the
   * same size needs it, and it looks for such pairs in time quadratic in the number of nodes. On other
   * devices it needs the shapes to choose layouts.
   */
  #withheldValues() {
    const values = [...this.#withheld.values()];
    return this.profile.weights === 'device' ? values : values.map(({ name, dtype }) => ({ name, dtype }));
  }

  #heldOnDevice(): number {
    const weights = this.#initialisers.filter((it) => 'location' in it);
    const folds = this.#nodes.filter(({ inputs }) => !this.#withheld.has(inputs[0]!));
    return heldOnDevice(folds, weights, (name) => this.#results.get(name)?.byteLength ?? 0);
  }

  #sizeOf(result: string): ResultSize {
    const tensor = this.#results.get(result);
    if (!tensor) return { bytes: 0, kind: 'copy' };
    return { bytes: tensor.byteLength, kind: `${tensor.dtype} ${tensor.shape.join()}` };
  }

  #inline(
    dtype: 'F32' | 'F16' | 'I64' | 'I32',
    values: Float32Array | Uint16Array | BigInt64Array | Int32Array,
    shape: readonly number[],
    id = `${dtype} [${shape.join()}] ${values.join()}`,
  ): Tensor {
    if (values.length !== sizeOf(shape)) {
      throw new RangeError(`${values.length} values do not fill a constant of shape [${shape.join()}]`);
    }
    const known = this.#constants.get(id);
    if (known) return known;
    const value = { name: this.#fresh('constant'), dtype, shape };
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#initialisers.push({ ...value, bytes });
    const tensor = new Tensor(this, value);
    this.#constants.set(id, tensor);
    return tensor;
  }

  #push(node: NodeSpec, results: readonly Tensor[]): void {
    this.#nodes.push(node);
    const isVariable = node.inputs.some((name) => this.#variable.has(name));
    for (const tensor of results) {
      this.#results.set(tensor.name, tensor);
      if (isVariable) this.#variable.add(tensor.name);
    }
  }

  #fresh(stem: string): string {
    return `${stem}:${this.#names++}`;
  }
}

function isElementType(dtype: string): dtype is ElementType {
  return Object.hasOwn(ELEMENT_TYPES, dtype);
}
