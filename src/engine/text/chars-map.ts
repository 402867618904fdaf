/** SentencePiece's precompiled character map, which `tokenizer.json` contains in base64. */
export class CharsMap {
  /** Units of a darts-clone double-array trie over UTF-8 keys. Its values are offsets into `#texts`. */
  readonly #units: Uint32Array;
  /** NUL-terminated replacements. */
  readonly #texts: Buffer;

  /** Decodes a map. Throws RangeError if the bytes are not one. */
  constructor(base64: string) {
    const bytes = Buffer.from(base64, 'base64');
    const trieBytes = bytes.length >= 4 ? bytes.readUInt32LE(0) : 0;
    if (trieBytes < 4 || trieBytes % 4 !== 0 || trieBytes > bytes.length - 4) {
      throw new RangeError(
        `precompiled_charsmap: expected a trie size within ${bytes.length} bytes, got ${trieBytes}`,
      );
    }
    this.#units = Uint32Array.from({ length: trieBytes / 4 }, (_, i) => bytes.readUInt32LE(4 + 4 * i));
    this.#texts = bytes.subarray(4 + trieBytes);
  }

  /**
   * Normalises text like the `tokenizers` library: a grapheme of fewer than six bytes is replaced as a whole
   * if its beginning has a replacement (marks after it are lost); otherwise each character is looked up.
   */
  apply(text: string): string {
    let normalized = '';
    for (const { segment } of graphemes.segment(text)) {
      normalized +=
        (Buffer.byteLength(segment) < 6 ? this.#replacement(segment) : undefined) ??
        this.#byCharacter(segment);
    }
    return normalized;
  }

  #byCharacter(grapheme: string): string {
    let normalized = '';
    for (const character of grapheme) normalized += this.#replacement(character) ?? character;
    return normalized;
  }

  /** The replacement for the shortest key that is a prefix of `chunk`. */
  #replacement(chunk: string): string | undefined {
    let at = offset(this.#units[0]!);
    for (const byte of Buffer.from(chunk)) {
      at ^= byte;
      const unit = this.#units[at];
      if (byte === 0 || unit === undefined || label(unit) !== byte) return undefined;
      at ^= offset(unit);
      if (hasLeaf(unit)) {
        const start = value(this.#units[at]!);
        return this.#texts.toString('utf8', start, this.#texts.indexOf(0, start));
      }
    }
    return undefined;
  }
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Fields of a darts-clone unit. */
const hasLeaf = (unit: number): boolean => (unit & 0x100) !== 0;
const label = (unit: number): number => (unit & 0x8000_00ff) >>> 0;
const offset = (unit: number): number => ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
const value = (unit: number): number => unit & 0x7fff_ffff;
