import { createHash } from 'node:crypto';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { WeightChange } from '../checkpoint/weight-change.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import type { PartName } from '../families/family.ts';
import type { Lora, TargetChange } from './lora.ts';

/** A LoRA and the strengths at which it is applied. */
export interface LoraUse {
  readonly lora: Lora;
  /** State of the file (`stateOf`): tells a replaced file from the original. */
  readonly state: string;
  /** For the diffusion network. */
  readonly strength: number;
  /** For the text encoders. */
  readonly textStrength: number;
}

/**
 * The checkpoint with LoRAs applied in the given order. No weight is copied or changed here: a network built
 * from the result adds the changes when it is built.
 */
export function adaptCheckpoint(checkpoint: Checkpoint, uses: readonly LoraUse[]): Checkpoint {
  const sources = new Map<PartName, WeightSource>();
  return {
    ...checkpoint,
    weights(part) {
      const known = sources.get(part) ?? changedPart(checkpoint.weights(part), part, uses);
      sources.set(part, known);
      return known;
    },
  };
}

function changedPart(source: WeightSource, part: PartName, uses: readonly LoraUse[]): WeightSource {
  const byKey = new Map<string, WeightChange[]>();
  const names: unknown[] = [];
  for (const { lora, state, strength: unet, textStrength: text } of uses) {
    const strength = part === 'unet' ? unet : text;
    const changes = unet === 0 && text === 0 ? [] : lora.changes.filter(({ target }) => target.part === part);
    const effective = changes.filter(({ change }) => strength !== 0 || change.delta.kind === 'replacement');
    if (effective.length > 0) names.push([state, strength]);
    for (const one of effective) {
      const { key } = one.target;
      byKey.set(key, [...(byKey.get(key) ?? []), weightChange(one, strength)]);
    }
  }
  if (names.length === 0) return source;
  const name = createHash('sha256').update(JSON.stringify(names)).digest('base64url');
  return source.changed({ name, byKey });
}

function weightChange({ target, change }: TargetChange, strength: number): WeightChange {
  const { arrangement } = target;
  const rows = target.own ?? target.rows;
  return { ...change, strength, ...(rows && { rows }), ...(arrangement && { arrangement }) };
}
