import { ln, sinCos } from '../float32/cephes.ts';
import { Mt19937 } from './mt19937.ts';

const f32 = Math.fround;
const TWO_PI = f32(2 * Math.PI);
/** Box–Muller pairs value j with value j + 8 of a block. */
const BLOCK = 16;
const HALF = BLOCK / 2;

/**
 * Standard normal f32 noise, bit-identical to `torch.randn` with a CPU generator (the vectorised eight-lane
 * path on x86). Only the low 32 bits of the seed are used.
 */
export class TorchGenerator {
  readonly #twister: Mt19937;
  /** The unused second value of the last double-precision pair. It survives block fills. */
  #spare: number | undefined;

  constructor(seed: bigint) {
    this.#twister = new Mt19937(Number(BigInt.asUintN(32, seed)));
  }

  /**
   * The next `count` values. Draws of fewer than 16 values use another method, so that splitting a draw
   * changes its values.
   */
  normal(count: number): Float32Array {
    const out = new Float32Array(count);
    if (count < BLOCK) this.#fillPairs(out);
    else this.#fillBlocks(out);
    return out;
  }

  #fillBlocks(out: Float32Array): void {
    this.#fillUniform(out, 0);
    for (let start = 0; start + BLOCK <= out.length; start += BLOCK) boxMuller(out, start);
    if (out.length % BLOCK === 0) return;
    const tail = out.length - BLOCK;
    this.#fillUniform(out, tail);
    boxMuller(out, tail);
  }

  #fillUniform(out: Float32Array, start: number): void {
    for (let i = start; i < out.length; i++) out[i] = this.#twister.uniform24();
  }

  /** Box–Muller in double precision. */
  #fillPairs(out: Float32Array): void {
    for (let i = 0; i < out.length; i++) {
      if (this.#spare === undefined) {
        const u1 = this.#twister.uniform53();
        const u2 = this.#twister.uniform53();
        const r = Math.sqrt(-2 * Math.log1p(-u2));
        const theta = 2 * Math.PI * u1;
        out[i] = r * Math.cos(theta);
        this.#spare = r * Math.sin(theta);
      } else {
        out[i] = this.#spare;
        this.#spare = undefined;
      }
    }
  }
}

/** Converts 16 uniforms, starting at `start`, to normals in f32. */
function boxMuller(values: Float32Array, start: number): void {
  // Two small functions, because V8 limits the amount of inlined arithmetic.
  toRadii(values, start);
  rotate(values, start);
}

function toRadii(values: Float32Array, start: number): void {
  for (let j = start; j < start + HALF; j++) {
    const u = 1 - values[j]!; // in (0, 1], exact
    values[j] = Math.sqrt(-2 * ln(u));
  }
}

const turn = new Float32Array(2);

function rotate(values: Float32Array, start: number): void {
  for (let j = start; j < start + HALF; j++) {
    const r = values[j]!;
    sinCos(f32(TWO_PI * values[j + HALF]!), turn);
    values[j] = r * turn[1]!;
    values[j + HALF] = r * turn[0]!;
  }
}
