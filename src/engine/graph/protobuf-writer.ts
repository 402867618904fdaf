const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;
/** Bytes reserved for a message's length before it is known. */
const LENGTH_BYTES = 5;

/** Appends protobuf fields (protobuf.dev, "Encoding") to one growing buffer. */
export class ProtobufWriter {
  #buffer = Buffer.allocUnsafe(1 << 16);
  #end = 0;

  /** An int32, int64 or enum; negative numbers take ten bytes. */
  integer(field: number, value: number): void {
    this.#reserve(20);
    this.#tag(field, VARINT);
    if (value >= 0) this.#varint(value);
    else this.#negative(value);
  }

  float(field: number, value: number): void {
    this.#reserve(14);
    this.#tag(field, FIXED32);
    this.#end = this.#buffer.writeFloatLE(value, this.#end);
  }

  bytes(field: number, value: Uint8Array): void {
    this.#reserve(20 + value.length);
    this.#tag(field, BYTES);
    this.#varint(value.length);
    this.#buffer.set(value, this.#end);
    this.#end += value.length;
  }

  text(field: number, value: string): void {
    const length = Buffer.byteLength(value);
    this.#reserve(20 + length);
    this.#tag(field, BYTES);
    this.#varint(length);
    this.#end += this.#buffer.write(value, this.#end);
  }

  /** A nested message, whose fields `write` appends. */
  message(field: number, write: () => void): void {
    this.#reserve(10 + LENGTH_BYTES);
    this.#tag(field, BYTES);
    const start = (this.#end += LENGTH_BYTES);
    write();
    const length = this.#end - start;
    // Seven bits per byte, with leading zeros, so that the length always fills the reserved bytes.
    for (let i = 0; i < LENGTH_BYTES; i++) {
      const more = i < LENGTH_BYTES - 1 ? 0x80 : 0;
      this.#buffer[start - LENGTH_BYTES + i] = (Math.floor(length / 2 ** (7 * i)) & 0x7f) | more;
    }
  }

  /** The bytes written so far. */
  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.#end);
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(value: number): void {
    for (; value > 0x7f; value = Math.floor(value / 0x80)) this.#buffer[this.#end++] = (value % 0x80) | 0x80;
    this.#buffer[this.#end++] = value;
  }

  /** Two's complement in 64 bits. */
  #negative(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 0x7fn; rest >>= 7n) this.#buffer[this.#end++] = Number(rest & 0x7fn) | 0x80;
    this.#buffer[this.#end++] = Number(rest);
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(2 * this.#buffer.length + bytes);
    this.#buffer.copy(grown, 0, 0, this.#end);
    this.#buffer = grown;
  }
}
