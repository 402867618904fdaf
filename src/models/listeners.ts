/** Those who want to know of a change. */
export class Listeners {
  readonly #all = new Set<() => void>();

  /** The returned function ends it. */
  add(listener: () => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  tell(): void {
    for (const listener of this.#all) listener();
  }
}
