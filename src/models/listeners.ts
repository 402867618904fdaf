/** Listeners for a change. */
export class Listeners {
  readonly #all = new Set<() => void>();

  /** The returned function unsubscribes. */
  add(listener: () => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  tell(): void {
    for (const listener of this.#all) listener();
  }
}
