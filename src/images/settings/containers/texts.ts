import { latin1, MAX_TEXT_BYTES, utf8OrLatin1 } from './bytes.ts';

/** Texts that one picture may carry. */
const MAX_TEXTS = 256;

/** The texts of a picture by where they stand: a PNG keyword, `exif:UserComment`, `xmp`; the first of a name counts. */
export class Texts {
  readonly #texts = new Map<string, string>();
  readonly problems: string[] = [];
  #room = MAX_TEXT_BYTES;

  /** Bytes that texts may still take. */
  get room(): number {
    return this.#room;
  }

  get(name: string): string | undefined {
    return this.#texts.get(name);
  }

  has(name: string): boolean {
    return this.#texts.has(name);
  }

  /** The names and their texts, in the file's order. */
  get all(): ReadonlyMap<string, string> {
    return this.#texts;
  }

  /** Keeps a text unless there is no room for it. */
  add(name: string, text: string): void {
    const known = this.#texts.get(name);
    if (known !== undefined) {
      if (known !== text) this.problems.push(`a second text ${name}`);
    } else if (text.length > this.#room || this.#texts.size >= MAX_TEXTS) {
      this.problems.push(
        `${name}: too long, a picture may carry ${MAX_TEXT_BYTES} bytes in ${MAX_TEXTS} texts`,
      );
    } else {
      this.#room -= text.length;
      this.#texts.set(name, text);
    }
  }

  /** Keeps a text that was written as bytes in UTF-8 or Latin-1. */
  addBytes(name: string, bytes: Uint8Array): void {
    if (bytes.length > this.#room) this.add(name, latin1(bytes));
    else this.add(name, utf8OrLatin1(bytes));
  }
}
