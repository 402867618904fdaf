/**
 * Writes ONNX models in protobuf wire format, by the field numbers of onnx.proto (github.com/onnx/onnx, IR
 * version 10). Covers only what LatentQL emits: static shapes, inline constants, external initialisers.
 */
import type { DType } from '../checkpoint/safetensors.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** TensorProto.DataType of the supported element types. */
export const ELEMENT_TYPES = {
  F32: 1,
  U8: 2,
  I8: 3,
  I32: 6,
  I64: 7,
  BOOL: 9,
  F16: 10,
  F64: 11,
  BF16: 16,
  F8_E4M3: 17,
  F8_E5M2: 19,
} as const satisfies Partial<Record<DType, number>>;
/** Element type of a value in a graph. */
export type ElementType = keyof typeof ELEMENT_TYPES;

/** An attribute, tagged with the name of AttributeProto's field. */
export type Attribute =
  | { readonly i: number }
  | { readonly f: number }
  | { readonly s: string }
  | { readonly ints: readonly number[] };

/** A node of a graph. */
export interface NodeSpec {
  readonly op: string;
  /** Operator domain; empty for the standard one. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Unused results before `output`. */
  readonly unread?: readonly string[];
  /** Scalar results after `output`, which are used. */
  readonly more?: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Name, element type and static shape of a value. */
export interface ValueSpec {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

/** A value whose shape may be omitted. */
type OpenValueSpec = Omit<ValueSpec, 'shape'> & { readonly shape?: readonly number[] };

/** A constant: inline values (little-endian bytes) or a window into a file. */
export type InitialiserSpec = ValueSpec &
  (
    | { readonly bytes: Uint8Array }
    | { readonly location: string; readonly offset: number; readonly byteLength: number }
  );

/** A complete ONNX model. */
export interface ModelSpec {
  readonly name: string;
  readonly nodes: readonly NodeSpec[];
  readonly initialisers: readonly InitialiserSpec[];
  readonly inputs: readonly ValueSpec[];
  /** Initialisers that are inputs as well, so that they are not constants. */
  readonly withheld: readonly OpenValueSpec[];
  readonly outputs: readonly ValueSpec[];
}

const IR_VERSION = 10;
const OPSET = 21;
/** ONNX Runtime's own operators (MultiHeadAttention, Gelu). */
export const MICROSOFT = 'com.microsoft';

/** Encodes a ModelProto. */
export function encodeModel(model: ModelSpec): Uint8Array {
  const w = new ProtobufWriter();
  w.integer(1, IR_VERSION);
  w.text(2, 'latentql');
  w.message(7, () => {
    for (const node of model.nodes)
      w.message(1, () => {
        writeNode(w, node);
      });
    w.text(2, model.name);
    for (const tensor of model.initialisers)
      w.message(5, () => {
        writeInitialiser(w, tensor);
      });
    for (const value of model.inputs)
      w.message(11, () => {
        writeValue(w, value);
      });
    for (const value of model.withheld)
      w.message(11, () => {
        writeValue(w, value);
      });
    for (const value of model.outputs)
      w.message(12, () => {
        writeValue(w, value);
      });
  });
  for (const [domain, version] of [
    ['', OPSET],
    [MICROSOFT, 1],
  ] as const) {
    w.message(8, () => {
      w.text(1, domain);
      w.integer(2, version);
    });
  }
  return w.finish();
}

function writeNode(w: ProtobufWriter, node: NodeSpec): void {
  const { op, domain, inputs, output, unread = [], more = [], attributes } = node;
  for (const name of inputs) w.text(1, name);
  for (const name of unread) w.text(2, name);
  w.text(2, output);
  for (const name of more) w.text(2, name);
  w.text(3, output);
  w.text(4, op);
  for (const name in attributes) {
    w.message(5, () => {
      w.text(1, name);
      writeAttribute(w, attributes[name]!);
    });
  }
  w.text(7, domain);
}

function writeAttribute(w: ProtobufWriter, value: Attribute): void {
  const TYPE = 20;
  if ('f' in value) {
    w.float(2, value.f);
    w.integer(TYPE, 1);
  } else if ('i' in value) {
    w.integer(3, value.i);
    w.integer(TYPE, 2);
  } else if ('s' in value) {
    w.text(4, value.s);
    w.integer(TYPE, 3);
  } else {
    for (const item of value.ints) w.integer(8, item);
    w.integer(TYPE, 7);
  }
}

function writeValue(w: ProtobufWriter, { name, dtype, shape }: OpenValueSpec): void {
  w.text(1, name);
  w.message(2, () => {
    w.message(1, () => {
      w.integer(1, ELEMENT_TYPES[dtype]);
      if (!shape) return;
      w.message(2, () => {
        for (const dim of shape)
          w.message(1, () => {
            w.integer(1, dim);
          });
      });
    });
  });
}

function writeInitialiser(w: ProtobufWriter, tensor: InitialiserSpec): void {
  for (const dim of tensor.shape) w.integer(1, dim);
  w.integer(2, ELEMENT_TYPES[tensor.dtype]);
  w.text(8, tensor.name);
  if ('bytes' in tensor) {
    w.bytes(9, tensor.bytes);
    return;
  }
  const EXTERNAL = 1;
  const { location, offset, byteLength } = tensor;
  for (const [key, value] of [
    ['location', location],
    ['offset', String(offset)],
    ['length', String(byteLength)],
  ] as const) {
    w.message(13, () => {
      w.text(1, key);
      w.text(2, value);
    });
  }
  w.integer(14, EXTERNAL);
}
