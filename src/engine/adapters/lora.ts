import { basename } from 'node:path';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { readNumbers } from '../checkpoint/numbers.ts';
import { checkIsFloat } from '../checkpoint/quantisation.ts';
import { withRegularFile } from '../checkpoint/regular-file.ts';
import { readSafetensors } from '../checkpoint/safetensors.ts';
import { CheckpointError } from '../errors.ts';
import { fits } from './fits.ts';
import { readLayer, type LayerChange } from './layers.ts';
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
 * Reads a LoRA or related file (LoHa, LoKr, …) for a checkpoint. Throws CheckpointError if the file is not
 * one or changes no weight of this checkpoint; file system errors pass through.
 */
export async function readLora(path: string, checkpoint: Checkpoint): Promise<Lora> {
  const { name, file, tensors } = await readSafetensors(path);
  const fail = (problem: string) => new CheckpointError(`${name}: ${problem}`);
  const known = new Set<string>();
  const targets = targetsOf(checkpoint);
  const byName = tensorsOf(checkpoint);
  const changes = new Map<string, TargetChange & { base: string }>();
  const bases = new Map<string, Target>();
  const overridden: string[] = [];
  await withRegularFile(file, async (handle) => {
    const reader = {
      take(key: string) {
        const window = tensors.get(key);
        if (!window) return undefined;
        if (!key.endsWith('.alpha')) checkIsFloat(window, name);
        known.add(key);
        return window;
      },
      numbers: (window: Parameters<typeof readNumbers>[1]) => readNumbers(handle, window, name),
      fail,
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
    }
  });
  const all = [...changes.values()];
  const fitting = all.filter(({ target, change }) => fits(change, shapeOf(target)));
  const ignored = [...tensors.keys()].filter((key) => !known.has(key));
  if (fitting.length === 0) {
    const [first = '__metadata__'] = tensors.keys();
    throw fail(
      `does not fit ${basename(checkpoint.path)} (${checkpoint.family}): none of its ${tensors.size} tensors, such as ` +
        `"${first}", changes a weight of the checkpoint`,
    );
  }
  const misfits = all.filter((change) => !fitting.includes(change)).map(({ base }) => base);
  return { name, changes: fitting, bases, ignored, overridden, misfits };
}

/** Identifies a weight or a group of its rows. A file keeps one change for each. */
const idOf = ({ name, own }: Target): string => (own ? `${name} ${own.from} ${own.count}` : name);

/** The shape of the target in an adapter's layout. */
function shapeOf({ window, rows, own, arrangement }: Target): readonly number[] {
  const [count, ...rest] = window.shape;
  if (arrangement === 'transposed') return window.shape.toReversed();
  return [own?.count ?? rows?.count ?? count ?? 1, ...rest];
}
