interface Reader<Value> {
  readonly resolve: (result: IteratorResult<Value, undefined>) => void;
  readonly reject: (error: Error) => void;
}

/** A queue for one reader that keeps only the latest unread value of each key. */
export abstract class LatestByKey<Value> implements AsyncIterableIterator<Value> {
  readonly #waiting = new Map<string, Value>();
  #readers: Reader<Value>[] = [];
  #ended = false;
  #error: Error | undefined;
  readonly #onReturn: (values: LatestByKey<Value>) => void;

  /** `onReturn` is called when the reader stops. */
  constructor(onReturn: (values: LatestByKey<Value>) => void) {
    this.#onReturn = onReturn;
  }

  protected abstract keyOf(value: Value): string;

  /** Delivers a value, or stores it for the next read. */
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

  /** Ends the queue; stored values can still be read. */
  end(): void {
    this.#ended = true;
    for (const { resolve } of this.#readers.splice(0)) resolve({ value: undefined, done: true });
  }

  /** Ends the queue with an error: the next read without a stored value rejects with it, later ones are done. */
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

/** Latest unread states of several objects, for one reader. */
export class LatestValues<Value extends { readonly id: string }> extends LatestByKey<Value> {
  protected override keyOf({ id }: Value): string {
    return id;
  }
}
