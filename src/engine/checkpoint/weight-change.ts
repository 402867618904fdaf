import type { TensorWindow } from './safetensors.ts';

/**
 * The change of a weight W, in the notation of LyCORIS (Yeh et al. 2023). W is flattened behind its first
 * axis, the outputs. Convolutions may have a core [r,r,h,w] between thin matrices (Tucker 1966).
 */
export type Delta =
  /** LoRA (Hu et al. 2021): up [o,r] · down [r,i…], or up·mid·down. */
  | {
      readonly kind: 'product';
      readonly up: TensorWindow;
      readonly down: TensorWindow;
      readonly mid?: TensorWindow;
    }
  /** LoHa (Hyeon-Woo et al. 2022): the elementwise product of two products. */
  | { readonly kind: 'hadamard'; readonly left: Factor; readonly right: Factor }
  /** LoKr (Edalati et al. 2022): left ⊗ right. */
  | { readonly kind: 'kronecker'; readonly left: Factor; readonly right: Factor }
  /** GLoRA (Chavan et al. 2023): W·a1·a2 + b1·b2; `isOld`: W·a2·a1 + b2·b1. */
  | {
      readonly kind: 'generalised';
      readonly a1: TensorWindow;
      readonly a2: TensorWindow;
      readonly b1: TensorWindow;
      readonly b2: TensorWindow;
      readonly isOld: boolean;
    }
  /** OFT (Qiu et al. 2023): (R - I)·W for the blocks Rᵀ - I [k,n,n] of an orthogonal R. */
  | { readonly kind: 'rotation'; readonly turn: Float32Array; readonly shape: readonly number[] }
  /** The difference itself. */
  | { readonly kind: 'difference'; readonly by: TensorWindow }
  /** Replaces W. */
  | { readonly kind: 'replacement'; readonly by: TensorWindow };

/** A full matrix, or a · b; with a core t [r,r,h,w], Σ t[i,j,h,w]·a[i,p]·b[j,q]. */
export type Factor =
  | { readonly whole: TensorWindow }
  | { readonly a: TensorWindow; readonly b: TensorWindow; readonly core?: TensorWindow };

/** How a checkpoint lays out a weight, relative to the layout that a change was made for. */
export type Arrangement = 'halves swapped' | 'transposed';

/** A change of a weight, or of some of its rows, by tensors of another file. */
export interface WeightChange {
  /** The rows that change; all if absent. */
  readonly rows?: { readonly from: number; readonly count: number };
  readonly arrangement?: Arrangement;
  readonly delta: Delta;
  /** Factor from the change's file: α / rank. */
  readonly scale: number;
  /** Factor from the request; 1 applies the full change. */
  readonly strength: number;
  /** DoRA (Liu et al. 2024): norms of the rows, or columns, of the changed weight. */
  readonly magnitude?: TensorWindow;
}

/** The changes of each weight of a network, in the order in which they are applied. */
export type WeightChanges = ReadonlyMap<string, readonly WeightChange[]>;

/** Whether the change can be added to the layer's output as a side branch, x·downᵀ·upᵀ. */
export function isBranch({ delta, magnitude, arrangement }: WeightChange, shape: readonly number[]): boolean {
  if (delta.kind !== 'product' || magnitude || arrangement === 'transposed') return false;
  return delta.up.shape[0] === shape[0];
}
