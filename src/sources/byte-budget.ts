/** Bytes of pictures and requests in memory at a time, over all clients. */
export const MAX_BYTES_UNDER_WAY = 256 * 2 ** 20;

/** Seconds after which a refused client may try again. */
const RETRY_AFTER = 5;

/** A budget is used up now; the message names it. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
  /** Seconds. */
  readonly retryAfter = RETRY_AFTER;

  constructor(problem: string) {
    super(`${problem}; try again in ${RETRY_AFTER} seconds`);
  }
}

/** The share of one request in a budget. */
export interface Share {
  /** Takes more bytes. Throws BusyError if the budget has no room for them. */
  readonly take: (bytes: number) => void;
  /** Returns everything. */
  readonly release: () => void;
}

/** Bounds the bytes in memory for requests in progress. */
export class ByteBudget {
  readonly #limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes taken now. */
  get taken(): number {
    return this.#taken;
  }

  /** An empty share. */
  open(): Share {
    let share = 0;
    return {
      take: (bytes) => {
        if (this.#taken + bytes > this.#limit) {
          throw new BusyError(
            `The server is handling ${this.#limit} bytes of requests and pictures, which is its limit`,
          );
        }
        this.#taken += bytes;
        share += bytes;
      },
      release: () => {
        this.#taken -= share;
        share = 0;
      },
    };
  }
}

/** The budget of this process, for uploads and downloads alike. */
export const bytesUnderWay = new ByteBudget(MAX_BYTES_UNDER_WAY);
