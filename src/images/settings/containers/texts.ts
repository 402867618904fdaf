import { MAX_TEXT_BYTES, utf8OrLatin1 } from './bytes.ts';

/** What one picture may carry; a file that repeats itself must not take long. */
const MAX_TEXTS = 256;
const MAX_COMPRESSED = 16;
const MAX_EXIF_BLOCKS = 4;
const MAX_PROBLEMS = 20;

/** The texts of a picture by where they stand: a PNG keyword, `exif:UserComment`, `xmp`; the first of a name counts. */
export class Texts {
  readonly #texts = new Map<string, string>();
  readonly #problems = new Set<string>();
  #room = MAX_TEXT_BYTES;
  #compressed = MAX_COMPRESSED;
  #exifBlocks = MAX_EXIF_BLOCKS;

  /** Bytes that texts may still take. */
  get room(): number {
    return this.#room;
  }

  /** What could not be read, a line each. */
  get problems(): readonly string[] {
    return [...this.#problems];
  }

  get(name: string): string | undefined {
    return this.#texts.get(name);
  }

  has(name: string): boolean {
    return this.#texts.has(name);
  }

  /** Says that a text could not be read. */
  leave(problem: string): void {
    if (this.#problems.size < MAX_PROBLEMS) this.#problems.add(problem);
  }

  /** Whether one more compressed text is worth inflating. */
  takesCompressed(): boolean {
    return this.#compressed-- > 0;
  }

  /** A text that is too long has taken its time: no other is inflated. */
  stopInflating(): void {
    this.#compressed = 0;
  }

  /** Whether one more EXIF block is worth reading. */
  takesExif(): boolean {
    return this.#exifBlocks-- > 0;
  }

  /** Keeps a text unless there is no room for it. */
  add(name: string, text: string): void {
    if (this.#texts.has(name)) this.leave(`a second text ${name}`);
    else if (text.length > this.#room || this.#texts.size >= MAX_TEXTS) {
      this.leave(tooMuch(name));
    } else {
      this.#room -= text.length;
      this.#texts.set(name, text);
    }
  }

  /** Keeps a text that was written as bytes in UTF-8 or Latin-1. */
  addBytes(name: string, bytes: Uint8Array): void {
    if (this.#texts.has(name)) this.add(name, '');
    else if (bytes.length > this.#room) this.leave(tooMuch(name));
    else this.add(name, utf8OrLatin1(bytes));
  }
}

const tooMuch = (name: string): string =>
  `${name}: expected at most ${MAX_TEXTS} texts of ${MAX_TEXT_BYTES} bytes in all`;
