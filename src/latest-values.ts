interface Reader<Value> {
  readonly resolve: (result: IteratorResult<Value, undefined>) => void;
  readonly reject: (error: Error) => void;
}

/** Values on their way to one reader: of those with one key the last that was not read. */
export abstract class LatestByKey<Value> implements AsyncIterableIterator<Value> {
  readonly #waiting = new Map<string, Value>();
  #readers: Reader<Value>[] = [];
  #ended = false;
  #error: Error | undefined;
  readonly #onReturn: (values: LatestByKey<Value>) => void;

  /** `onReturn` is called when the reader leaves. */
  constructor(onReturn: (values: LatestByKey<Value>) => void) {
    this.#onReturn = onReturn;
  }

  protected abstract keyOf(value: Value): string;

  /** Delivers a value or keeps it for the next read. */
  push(value: Value): void {
    if (this.#ended) return;
    const reader = this.#readers.shift();
    if (reader) reader.resolve({ value, done: false });
    else {
      const key = this.keyOf(value);
      this.#waiting.delete(key); // the newest goes last
      this.#waiting.set(key, value);
    }
  }

  /** No more will come; those that wait can still be read. */
  end(): void {
    this.#ended = true;
    for (const { resolve } of this.#readers.splice(0)) resolve({ value: undefined, done: true });
  }

  /** No more will come, because of an error: the next read that finds no value rejects with it, those after it are done. */
  fail(error: Error): void {
    if (this.#ended) return;
    const reader = this.#readers.shift();
    if (reader) reader.reject(error);
    else this.#error = error;
    this.end();
  }

  next(): Promise<IteratorResult<Value, undefined>> {
    const [first] = this.#waiting;
    if (first) {
      this.#waiting.delete(first[0]);
      return Promise.resolve({ value: first[1], done: false });
    }
    const error = this.#error;
    this.#error = undefined;
    if (error) return Promise.reject(error);
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
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

/** States of several objects on their way to one reader: of each the last that was not read. */
export class LatestValues<Value extends { readonly id: string }> extends LatestByKey<Value> {
  protected override keyOf({ id }: Value): string {
    return id;
  }
}
