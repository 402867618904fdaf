import { basename } from 'node:path';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { readNumbers } from '../checkpoint/numbers.ts';
import { checkIsFloat } from '../checkpoint/quantisation.ts';
import { withRegularFile } from '../checkpoint/regular-file.ts';
import { readSafetensors, type TensorWindow } from '../checkpoint/safetensors.ts';
import { CheckpointError } from '../errors.ts';
import { fits } from './fits.ts';
import { readLayer, type LayerChange, type LayerReader } from './layers.ts';
import { underOtherNames } from './other-names.ts';
import { biasOf, targetsOf, tensorsOf, type Target } from './targets.ts';

/** A change that a file makes to a weight of a checkpoint. */
export interface TargetChange {
  readonly target: Target;
  readonly change: LayerChange;
}

/** A LoRA file matched against a checkpoint. */
export interface Lora {
  /** The file's name. */
  readonly name: string;
  readonly changes: readonly TargetChange[];
  /** The layers of the file, by name, and the weights of the checkpoint that they change. */
  readonly bases: ReadonlyMap<string, Target>;
  /** Keys that match nothing in the checkpoint. */
  readonly ignored: readonly string[];
  /** Names of layers whose change is overridden by another layer of the file. */
  readonly overridden: readonly string[];
  /** Names of layers whose change does not fit the weight's shape. */
  readonly misfits: readonly string[];
}

/**
 * Reads a LoRA or related file (LoHa, LoKr, …) for a checkpoint. Names of other programs count only where
 * nothing else in the file would change the diffusion network. Throws CheckpointError if the file is not one
 * or changes no weight of this checkpoint; file system errors pass through.
 */
export async function readLora(path: string, checkpoint: Checkpoint): Promise<Lora> {
  const { name, file, tensors } = await readSafetensors(path);
  const fail = (problem: string) => new CheckpointError(`${name}: ${problem}`);
  const targets = targetsOf(checkpoint);
  const byName = tensorsOf(checkpoint);
  const { changes, bases, known, ...found } = await withRegularFile(file, async (handle) => {
    const numbers = (window: TensorWindow) => readNumbers(handle, window, name);
    const read = (named: typeof tensors) => readChanges({ name, named, numbers, fail }, targets, byName);
    const plain = await read(tensors);
    if (plain.changes.some(({ target }) => target.part === 'unet')) return plain;
    const other = await read(underOtherNames(tensors));
    return other.changes.length > plain.changes.length ? other : plain;
  });
  const fitting = changes.filter(({ target, change }) => fits(change, shapeOf(target)));
  const ignored = [...tensors.keys()].filter((key) => !known.has(key));
  if (fitting.length === 0) {
    const [first = '__metadata__'] = tensors.keys();
    const nothing = `does not fit ${basename(checkpoint.path)} (${checkpoint.family})`;
    throw fail(
      changes.length > 0
        ? `${nothing}: its layers, such as "${changes[0]!.base}", have other sizes than the checkpoint's (a LoRA for another model?)`
        : `${nothing}: none of its ${tensors.size} tensors, such as "${first}", changes a weight of the checkpoint`,
    );
  }
  const misfits = changes.filter((change) => !fitting.includes(change)).map(({ base }) => base);
  return { name, changes: fitting, bases, ignored, misfits, ...found };
}

/** A LoRA file, and its tensors by name. */
interface NamedTensors extends Pick<LayerReader, 'numbers' | 'fail'> {
  readonly name: string;
  readonly named: ReadonlyMap<string, TensorWindow>;
}

/** What the tensors of a file change, whether it fits or not. Throws CheckpointError for a layer of which a part is missing. */
async function readChanges(
  { name, named, ...file }: NamedTensors,
  targets: ReadonlyMap<string, Target>,
  byName: ReadonlyMap<string, Target>,
) {
  const known = new Set<string>();
  const changes = new Map<string, TargetChange & { base: string }>();
  const bases = new Map<string, Target>();
  const overridden: string[] = [];
  const reader: LayerReader = {
    ...file,
    take(key) {
      const window = named.get(key);
      if (!window) return undefined;
      if (!key.endsWith('.alpha')) checkIsFloat(window, name);
      known.add(window.key);
      return window;
    },
  };
  for (const [base, target] of targets) {
    const { weight, bias } = await readLayer(reader, base);
    if (weight || bias) bases.set(base, target);
    if (weight) {
      const id = idOf(target);
      const before = changes.get(id);
      if (before) overridden.push(before.base);
      changes.set(id, { target, change: weight, base });
    }
    const constant = bias && biasOf(target, byName);
    if (constant) changes.set(idOf(constant), { target: constant, change: bias, base });
    else if (bias?.delta.kind === 'difference') known.delete(bias.delta.by.key); // the layer has none
  }
  return { changes: [...changes.values()], bases, known, overridden };
}

/** Identifies a weight or a group of its rows. A file keeps one change for each. */
const idOf = ({ name, own }: Target): string => (own ? `${name} ${own.from} ${own.count}` : name);

/** The shape of the target in an adapter's layout. */
function shapeOf({ window, rows, own, arrangement }: Target): readonly number[] {
  const [count, ...rest] = window.shape;
  if (arrangement === 'transposed') return window.shape.toReversed();
  return [own?.count ?? rows?.count ?? count ?? 1, ...rest];
}
