/** A tensor as a pickle describes it: a strided view of a storage outside the pickle. */
export interface TorchTensor {
  readonly storage: TorchStorage;
  /** In values, from the start of the storage. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A value in a pickle that contains no code. */
export type PickleValue =
  | string
  | number
  | boolean
  | null
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | { readonly tensor: TorchTensor }
  | { readonly storage: TorchStorage }
  | { readonly name: string };

/** A storage: the values of one or more tensors. */
export interface TorchStorage {
  /** Type of its values, such as `FloatStorage`. */
  readonly type: string;
  /** Name of its entry in the archive. */
  readonly key: string;
}

/** A pickle is malformed or holds something other than values and tensors. */
export class PickleError extends Error {
  override name = 'PickleError';
}

/** Limits well above what any embedding or upscaler needs. */
const MAX_STEPS = 1_000_000;
const MAX_DIMENSIONS = 8;

/** Whether a value is a record with this field. */
const has = <Field extends string>(
  value: PickleValue | undefined,
  field: Field,
): value is Extract<PickleValue, Readonly<Record<Field, unknown>>> =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, field);

/** Whether a value is a tensor. */
export const isTensor = (value: PickleValue | undefined): value is { readonly tensor: TorchTensor } =>
  has(value, 'tensor');

/**
 * Reads the pickle of a file written by torch.save, protocol 2 to 5: plain values, dictionaries, lists and
 * tensors. Nothing that the pickle names is imported or called. Only the few names that stand for tensors and
 * dictionaries are accepted. Throws PickleError for everything else.
 */
export function readPickle(bytes: Buffer): PickleValue {
  const machine = new Machine(bytes);
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const code = machine.number(1);
    if (code === STOP) return machine.pop();
    const operation = OPERATIONS[code];
    if (!operation) throw new PickleError(`it has the unsupported opcode ${hex(code)}`);
    operation(machine);
  }
  throw new PickleError(`it has more than ${MAX_STEPS} operations`);
}

const STOP = 0x2e;
const MARK = Symbol('mark');

const hex = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`;

/** The pickle virtual machine, restricted to the opcodes that create values. */
class Machine {
  readonly #bytes: Buffer;
  readonly #stack: (PickleValue | typeof MARK)[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  mark(): void {
    this.#stack.push(MARK);
  }

  pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw new PickleError('it pops from an empty stack');
    return value;
  }

  /** Pops `count` values; returns them in the order in which they were pushed. */
  popAll(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** Pops the values that were pushed since the last mark. */
  popToMark(): PickleValue[] {
    const from = this.#stack.lastIndexOf(MARK);
    if (from < 0) throw new PickleError('it pops to a mark that it did not set');
    return this.#stack.splice(from).slice(1) as PickleValue[];
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw new PickleError('it is truncated');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** Reads an unsigned integer. */
  number(bytes: 1 | 2 | 4): number {
    return this.take(bytes).readUIntLE(0, bytes);
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw new PickleError('it is truncated');
    const text = this.take(end - this.#at).toString();
    this.#at++;
    return text;
  }

  remember(key: number): void {
    const top = this.#stack.at(-1);
    if (top === undefined || top === MARK) throw new PickleError('it memoizes a value from an empty stack');
    this.#memo.set(key, top);
  }

  memoize(): void {
    this.remember(this.#memo.size);
  }

  recall(key: number): void {
    const value = this.#memo.get(key);
    if (value === undefined) throw new PickleError('it reads a memo entry that it never stored');
    this.push(value);
  }

  /** The container at the top of the stack. */
  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }
}

type Operation = (machine: Machine) => void;

/** Creates an operation that pushes a value. */
const pushing =
  (value: (machine: Machine) => PickleValue): Operation =>
  (machine) => {
    machine.push(value(machine));
  };

const textOf = (machine: Machine, length: number): string => machine.take(length).toString();

/** Operations by opcode, with their names in Python's `pickletools`. */
const OPERATIONS: Readonly<Record<number, Operation>> = {
  /* PROTO, FRAME */
  0x80: (m) => void m.take(1),
  0x95: (m) => void m.take(8),
  /* MARK, NONE, NEWTRUE, NEWFALSE */
  0x28: (m) => {
    m.mark();
  },
  0x4e: pushing(() => null),
  0x88: pushing(() => true),
  0x89: pushing(() => false),
  /* BININT1, BININT2, BININT, LONG1, BINFLOAT */
  0x4b: pushing((m) => m.number(1)),
  0x4d: pushing((m) => m.number(2)),
  0x4a: pushing((m) => m.take(4).readInt32LE()),
  0x8a: pushing((m) => littleEndian(m.take(m.number(1)))),
  0x47: pushing((m) => m.take(8).readDoubleBE()),
  /* BINUNICODE, SHORT_BINUNICODE, BINSTRING, SHORT_BINSTRING */
  0x58: pushing((m) => textOf(m, m.number(4))),
  0x8c: pushing((m) => textOf(m, m.number(1))),
  0x54: pushing((m) => textOf(m, m.number(4))),
  0x55: pushing((m) => textOf(m, m.number(1))),
  /* EMPTY_LIST, EMPTY_DICT, EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3 */
  0x5d: pushing(() => []),
  0x7d: pushing(() => new Map()),
  0x29: pushing(() => []),
  0x74: pushing((m) => m.popToMark()),
  0x85: pushing((m) => m.popAll(1)),
  0x86: pushing((m) => m.popAll(2)),
  0x87: pushing((m) => m.popAll(3)),
  /* APPEND, APPENDS, SETITEM, SETITEMS */
  0x61: (m) => {
    extend(m.popAll(1), m.top());
  },
  0x65: (m) => {
    extend(m.popToMark(), m.top());
  },
  0x73: (m) => {
    setItems(m.popAll(2), m.top());
  },
  0x75: (m) => {
    setItems(m.popToMark(), m.top());
  },
  /* BUILD: a state dict's attributes, such as `_metadata`, which are ignored */
  0x62: (m) => {
    m.pop();
    if (!(m.top() instanceof Map))
      throw new PickleError('it sets the state of something other than a dictionary');
  },
  /* BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET */
  0x71: (m) => {
    m.remember(m.number(1));
  },
  0x72: (m) => {
    m.remember(m.number(4));
  },
  0x94: (m) => {
    m.memoize();
  },
  0x68: (m) => {
    m.recall(m.number(1));
  },
  0x6a: (m) => {
    m.recall(m.number(4));
  },
  /* GLOBAL, STACK_GLOBAL, BINPERSID, REDUCE */
  0x63: pushing((m) => nameOf(m.line(), m.line())),
  0x93: pushing((m) => nameOf(...(m.popAll(2) as [PickleValue, PickleValue]))),
  0x51: pushing((m) => storageOf(m.pop())),
  0x52: pushing((m) => made(...(m.popAll(2) as [PickleValue, PickleValue]))),
};

function littleEndian(bytes: Buffer): number {
  const value = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  return (bytes.at(-1) ?? 0) >= 0x80 ? value - 256 ** bytes.length : value;
}

function extend(values: PickleValue[], list: PickleValue): void {
  if (!Array.isArray(list)) throw new PickleError('it appends to something other than a list');
  for (const value of values) list.push(value);
}

function setItems(values: PickleValue[], dictionary: PickleValue): void {
  if (!(dictionary instanceof Map))
    throw new PickleError('it sets items of something other than a dictionary');
  for (let i = 0; i + 1 < values.length; i += 2) dictionary.set(values[i]!, values[i + 1]!);
}

const TENSOR = 'torch._utils._rebuild_tensor_v2';
const PARAMETER = 'torch._utils._rebuild_parameter';
const DICTIONARY = 'collections.OrderedDict';
const STORAGE = /^torch\.(\w+Storage)$/;

/** A global name. Throws PickleError for all but those of tensors and dictionaries. */
function nameOf(module: PickleValue, word: PickleValue): PickleValue {
  const name = typeof module === 'string' && typeof word === 'string' ? `${module}.${word}` : '';
  if ([TENSOR, PARAMETER, DICTIONARY].includes(name) || STORAGE.test(name)) return { name };
  throw new PickleError(`it calls "${name.slice(0, 100)}", and code in files is never executed`);
}

/** A storage as torch writes it: ('storage', type, key, device, size). */
function storageOf(persistent: PickleValue): PickleValue {
  const [kind, type, key] = Array.isArray(persistent) ? persistent : [];
  const found = has(type, 'name') ? STORAGE.exec(type.name)?.[1] : undefined;
  if (kind !== 'storage' || found === undefined || typeof key !== 'string')
    throw new PickleError('it refers to something other than a storage');
  return { storage: { type: found, key } };
}

/** The result of calling a global with these arguments. */
function made(callee: PickleValue, given: PickleValue): PickleValue {
  const name = has(callee, 'name') ? callee.name : undefined;
  const values = Array.isArray(given) ? given : [];
  if (name === DICTIONARY && values.length === 0) return new Map();
  if (name === PARAMETER && isTensor(values[0])) return values[0];
  if (name === TENSOR) return tensorOf(values);
  throw new PickleError('it calls something that creates neither a tensor nor a dictionary');
}

function tensorOf([storage, offset, shape, strides]: PickleValue[]): PickleValue {
  if (!has(storage, 'storage') || !isCount(offset) || !areCounts(shape) || !areCounts(strides))
    throw new PickleError('it has a tensor with unexpected arguments');
  return { tensor: { storage: storage.storage, offset, shape, strides } };
}

const isCount = (value: PickleValue | undefined): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

const areCounts = (value: PickleValue | undefined): value is number[] =>
  Array.isArray(value) && value.length <= MAX_DIMENSIONS && value.every(isCount);
