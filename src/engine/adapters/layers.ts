/** Reads the change that an adapter file makes to one layer: its kind, and the tensors it consists of. */
import type { TensorWindow } from '../checkpoint/safetensors.ts';
import type { Delta, Factor } from '../checkpoint/weight-change.ts';
import type { CheckpointError } from '../errors.ts';
import { turnOf } from './rotation.ts';

/** Access to an adapter file while its layers are read. Each tensor that is taken counts as recognised. */
export interface LayerReader {
  /** The tensor with this key; undefined if the file has none. */
  take(name: string): TensorWindow | undefined;
  numbers(window: TensorWindow): Promise<Float64Array>;
  /** Creates an error that names the file. */
  fail(problem: string): CheckpointError;
}

/** A change of a layer's weight before the strength is applied. */
export interface LayerChange {
  readonly delta: Delta;
  /** α / rank; 1 without α. */
  readonly scale: number;
  /** DoRA's magnitude vector. */
  readonly magnitude?: TensorWindow;
}

/** The changes that a file makes to a layer. */
export interface Layer {
  readonly weight?: LayerChange;
  /** Change of the layer's bias. */
  readonly bias?: LayerChange;
}

/**
 * Reads the changes of the layer named `base`; empty if it has no change. Throws CheckpointError if a tensor of
 * a change is missing.
 */
export async function readLayer(file: LayerReader, base: string): Promise<Layer> {
  const alpha = await scalar(file, file.take(`${base}.alpha`));
  const magnitude = file.take(`${base}.dora_scale`);
  let weight: LayerChange | undefined;
  let bias: LayerChange | undefined;
  for (const read of KINDS) {
    const found = await read(file, base, alpha);
    if (found) weight = { ...found, ...(magnitude && { magnitude }) };
  }
  const norm = file.take(`${base}.w_norm`);
  const normBias = norm && file.take(`${base}.b_norm`);
  const by = file.take(`${base}.diff`);
  const biasBy = file.take(`${base}.diff_b`);
  const whole = file.take(`${base}.set_weight`);
  if (norm) weight = difference(norm);
  if (normBias) bias = difference(normBias);
  if (by) weight = difference(by);
  if (biasBy) bias = difference(biasBy);
  if (whole) weight = { delta: { kind: 'replacement', by: whole }, scale: 1 };
  return { ...(weight && { weight }), ...(bias && { bias }) };
}

const difference = (by: TensorWindow): LayerChange => ({ delta: { kind: 'difference', by }, scale: 1 });

/** Beyond any that trainers write: products with it leave the range of half precision. */
const MAX_ALPHA = 1e6;

async function scalar(file: LayerReader, window: TensorWindow | undefined): Promise<number | undefined> {
  if (!window) return undefined;
  const [value, ...more] = await file.numbers(window);
  if (value === undefined || more.length > 0)
    throw file.fail(`"${window.key}" has shape [${window.shape.join()}], expected one number`);
  if (Math.abs(value) <= MAX_ALPHA) return value;
  throw file.fail(
    `"${window.key}" is ${value}, expected a number from -${MAX_ALPHA} to ${MAX_ALPHA}: the file is damaged, download it again`,
  );
}

type ReadKind = (
  file: LayerReader,
  base: string,
  alpha: number | undefined,
) => LayerChange | undefined | Promise<LayerChange | undefined>;

/** α / rank; 1 without α. */
const share = (alpha: number | undefined, rank: number): number => (alpha === undefined ? 1 : alpha / rank);

/** Key suffixes of the two matrices in files of kohya, Diffusers, PEFT and others. */
const PAIRS: readonly (readonly [up: string, down: string])[] = [
  ['.lora_up.weight', '.lora_down.weight'],
  ['_lora.up.weight', '_lora.down.weight'],
  ['.lora_B.weight', '.lora_A.weight'],
  ['.lora.up.weight', '.lora.down.weight'],
  ['.lora_B', '.lora_A'],
  ['.lora_linear_layer.up.weight', '.lora_linear_layer.down.weight'],
  ['.lora_B.default.weight', '.lora_A.default.weight'],
];

const lora: ReadKind = (file, base, alpha) => {
  for (const [upEnd, downEnd] of PAIRS) {
    const up = file.take(base + upEnd);
    if (!up) continue;
    const down = needed(file, base + downEnd);
    const mid = upEnd === '.lora_up.weight' ? file.take(`${base}.lora_mid.weight`) : undefined;
    return { delta: { kind: 'product', up, down, ...(mid && { mid }) }, scale: share(alpha, rows(down)) };
  }
  return undefined;
};

const loha: ReadKind = (file, base, alpha) => {
  const a = file.take(`${base}.hada_w1_a`);
  if (!a) return undefined;
  const [b, otherA, otherB] = ['w1_b', 'w2_a', 'w2_b'].map((name) =>
    needed(file, `${base}.hada_${name}`),
  ) as Trio;
  const core = file.take(`${base}.hada_t1`);
  const otherCore = core && needed(file, `${base}.hada_t2`);
  const left = { a, b, ...(core && { core }) };
  const right = { a: otherA, b: otherB, ...(otherCore && { core: otherCore }) };
  return { delta: { kind: 'hadamard', left, right }, scale: share(alpha, rows(b)) };
};

type Trio = [TensorWindow, TensorWindow, TensorWindow];

/** α applies only if a factor is stored as a product; the right factor's rank takes precedence. */
const lokr: ReadKind = (file, base, alpha) => {
  const at = (name: string) => file.take(`${base}.lokr_${name}`);
  const parts = {
    w1: at('w1'),
    w1a: at('w1_a'),
    w1b: at('w1_b'),
    w2: at('w2'),
    w2a: at('w2_a'),
    w2b: at('w2_b'),
  };
  const core = at('t2');
  const { w1, w1a, w1b, w2, w2a, w2b } = parts;
  if (!w1 && !w1a && !w2 && !w2a) return undefined;
  const factor = (
    whole: TensorWindow | undefined,
    name: string,
    a?: TensorWindow,
    b?: TensorWindow,
  ): Factor => {
    if (whole) return { whole };
    if (a && b) return { a, b };
    throw file.fail(`"${base}.lokr_${name}" is missing`);
  };
  const left = factor(w1, 'w1', w1a, w1b);
  const right = factor(w2, 'w2', w2a, w2b);
  const factored = 'b' in right ? right.b : 'b' in left ? left.b : undefined;
  return {
    delta: { kind: 'kronecker', left, right: 'a' in right && core ? { ...right, core } : right },
    scale: factored ? share(alpha, rows(factored)) : 1,
  };
};

/** LyCORIS once reversed the order of the matrices; the shapes tell which order a file has. */
const glora: ReadKind = (file, base, alpha) => {
  const a1 = file.take(`${base}.a1.weight`);
  if (!a1) return undefined;
  const [a2, b1, b2] = ['a2', 'b1', 'b2'].map((name) => needed(file, `${base}.${name}.weight`)) as Trio;
  const columns = ({ shape }: TensorWindow) => shape[1] ?? 0;
  const fitsOld = columns(b2) === rows(b1) && rows(b1) === rows(a1) && rows(a1) === columns(a2);
  const fitsNew = rows(b2) === columns(b1) && columns(b1) === columns(a1) && columns(a1) === rows(a2);
  const isOld = fitsOld && (!fitsNew || rows(a2) >= columns(a2)); // of a square weight both do: a2 is high in old files
  return {
    delta: { kind: 'generalised', a1, a2, b1, b2, isOld },
    scale: share(alpha, isOld ? rows(a1) : rows(a2)),
  };
};

/** α limits the norm of Q. */
const oft: ReadKind = async (file, base, alpha = 0) => {
  const blocks = file.take(`${base}.oft_blocks`);
  if (!blocks) return undefined;
  const [count, size, other] = blocks.shape as [number, number, number];
  if (blocks.shape.length !== 3 || size !== other)
    throw file.fail(
      `"${blocks.key}" has shape [${blocks.shape.join()}], expected square blocks [k,n,n] (BOFT is not supported)`,
    );
  const turn = turnOf(await file.numbers(blocks), [count, size], alpha);
  return { delta: { kind: 'rotation', turn, shape: blocks.shape }, scale: 1 };
};

/** If a layer has changes of several kinds, the last one in this list wins. */
const KINDS: readonly ReadKind[] = [lora, loha, lokr, glora, oft];

function needed(file: LayerReader, name: string): TensorWindow {
  const window = file.take(name);
  if (window) return window;
  throw file.fail(`"${name}" is missing`);
}

const rows = ({ shape }: TensorWindow): number => shape[0] ?? 0;
