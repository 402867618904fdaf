/** Values on their way to one reader: of those with one id the last that was not read. Ends by `return` or `end`. */
export class LatestValues<Value extends { readonly id: string }> implements AsyncIterableIterator<Value> {
  readonly #waiting = new Map<string, Value>();
  #readers: ((result: IteratorResult<Value, undefined>) => void)[] = [];
  #ended = false;
  readonly #onReturn: (values: LatestValues<Value>) => void;

  /** `onReturn` is called when the reader leaves. */
  constructor(onReturn: (values: LatestValues<Value>) => void) {
    this.#onReturn = onReturn;
  }

  push(value: Value): void {
    if (this.#ended) return;
    const reader = this.#readers.shift();
    if (reader) reader({ value, done: false });
    else {
      this.#waiting.delete(value.id); // the newest change goes last
      this.#waiting.set(value.id, value);
    }
  }

  /** No more will come; those that wait can still be read. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#readers.splice(0)) reader({ value: undefined, done: true });
  }

  next(): Promise<IteratorResult<Value, undefined>> {
    const [first] = this.#waiting;
    if (first) {
      this.#waiting.delete(first[0]);
      return Promise.resolve({ value: first[1], done: false });
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  return(): Promise<IteratorResult<Value, undefined>> {
    this.#waiting.clear();
    this.end();
    this.#onReturn(this);
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
