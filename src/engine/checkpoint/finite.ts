import { ELEMENT_BYTES, type DType, type TensorWindow } from './safetensors.ts';

/**
 * Bits of a 32-bit word whose numbers' exponents are all ones exactly if adding `carry` to the word's bits under
 * `exponents` sets one of `overflow`. Infinities and NaN have such exponents.
 */
interface Bits {
  readonly exponents: number;
  readonly carry: number;
  readonly overflow: number;
}

const BITS: Partial<Record<DType, Bits>> = {
  // E4M3 has no infinities; NaN has all bits of exponent and mantissa set.
  F8_E4M3: { exponents: 0x7f7f7f7f, carry: 0x01010101, overflow: 0x80808080 },
  F8_E5M2: { exponents: 0x7c7c7c7c, carry: 0x04040404, overflow: 0x80808080 },
  F16: { exponents: 0x7c007c00, carry: 0x04000400, overflow: 0x80008000 },
  BF16: { exponents: 0x7f807f80, carry: 0x00800080, overflow: 0x80008000 },
  F32: { exponents: 0x7f800000, carry: 0x00800000, overflow: 0x80000000 },
  F64: { exponents: 0x7ff00000, carry: 0x00100000, overflow: 0x80000000 }, // of the upper half
};

/** Whether all of a tensor's numbers are finite. `bytes` are whole elements; other dtypes have no other numbers. */
export function areFinite(bytes: Buffer, dtype: DType): boolean {
  const bits = BITS[dtype];
  if (!bits) return true;
  const whole = bytes.byteLength - (bytes.byteLength % 8);
  const rest = Buffer.alloc(8); // zeros are finite
  bytes.copy(rest, 0, whole);
  return ![bytes.subarray(0, whole), rest].some((part) => overflows(wordsOf(part), dtype, bits));
}

/** The bytes as words, copied where they do not lie at a word's place. */
function wordsOf(bytes: Buffer): Int32Array {
  const { buffer, byteOffset, byteLength } = byteOffsetIsWhole(bytes) ? bytes : Uint8Array.from(bytes);
  return new Int32Array(buffer, byteOffset, byteLength / 4);
}

const byteOffsetIsWhole = ({ byteOffset }: Buffer): boolean => byteOffset % 4 === 0;

/** One pass without branches. */
function overflows(words: Int32Array, dtype: DType, { exponents, carry, overflow }: Bits): boolean {
  const step = dtype === 'F64' ? 2 : 1;
  let found = 0;
  for (let i = step - 1; i < words.length; i += step) found |= ((words[i]! & exponents) + carry) | 0;
  return (found & overflow) !== 0;
}

/** Where a tensor's numbers lie in its file. */
export type NumberWindow = Pick<TensorWindow, 'key' | 'dtype' | 'offset' | 'byteLength'>;

/**
 * Looks for numbers that are not finite in a file that is read once from its start to its end, such as while it is
 * hashed. Of windows that overlap, the first one counts.
 */
export class FiniteScan {
  /** Those that are still to come or begun, the next one last. */
  readonly #windows: NumberWindow[] = [];
  #at = 0;
  /** The beginning of an element whose end is in the next piece. */
  #cut: Buffer = Buffer.alloc(0);
  #damaged: string | undefined;

  constructor(windows: readonly NumberWindow[]) {
    const own = windows.filter(({ byteLength, dtype }) => byteLength > 0 && BITS[dtype]);
    let end = 0;
    for (const window of own.sort((a, b) => a.offset - b.offset)) {
      if (window.offset < end) continue;
      this.#windows.push(window);
      end = window.offset + window.byteLength;
    }
    this.#windows.reverse();
  }

  /** The first tensor with numbers that are not finite, so far. */
  get damaged(): string | undefined {
    return this.#damaged;
  }

  /** The next bytes of the file. */
  read(piece: Buffer): void {
    const start = this.#at;
    this.#at += piece.length;
    for (let window = this.#windows.at(-1); window && !this.#damaged; window = this.#windows.at(-1)) {
      const { key, dtype, offset, byteLength } = window;
      if (offset >= this.#at) return;
      const end = offset + byteLength;
      const fresh = piece.subarray(Math.max(offset - start, 0), Math.max(end - start, 0));
      const bytes = this.#cut.length > 0 ? Buffer.concat([this.#cut, fresh]) : fresh;
      const whole = bytes.length - (bytes.length % ELEMENT_BYTES[dtype]);
      if (!areFinite(bytes.subarray(0, whole), dtype)) this.#damaged = key;
      const isOver = end <= this.#at;
      this.#cut = Buffer.from(isOver ? [] : bytes.subarray(whole));
      if (!isOver) return;
      this.#windows.pop();
    }
  }
}
