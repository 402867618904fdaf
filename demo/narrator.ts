/** Milliseconds of silence after which it says that it still works. */
const SILENCE = 5_000;

/** Prints lines, and while none comes how long the last one has been true. */
export class Narrator {
  readonly #print: (line: string) => void;
  #last = '';
  #since = Date.now();
  #timer: NodeJS.Timeout;

  constructor(print: (line: string) => void) {
    this.#print = print;
    this.#timer = setInterval(() => {
      this.#remind();
    }, SILENCE);
  }

  /** Notes what has been printed already. */
  said(line: string): void {
    this.#last = line.trim();
    this.#since = Date.now();
    this.#timer.refresh();
  }

  say(line: string): void {
    this.#print(line);
    this.said(line);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #remind(): void {
    const seconds = Math.round((Date.now() - this.#since) / 1000);
    this.#print(`  … ${this.#last.replace(/ …$/, '')}: ${seconds} s`);
  }
}
