/** Bytes of pictures and requests that may be under way at once, over all clients. */
export const MAX_BYTES_UNDER_WAY = 256 * 2 ** 20;

/** Seconds after which a client that found no room may try again. */
const RETRY_AFTER = 5;

/** There is no room for more now; the message says of what. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
  /** Seconds. */
  readonly retryAfter = RETRY_AFTER;

  constructor(problem: string) {
    super(`${problem}; try again in ${RETRY_AFTER} seconds`);
  }
}

/** What one request has taken of a budget. */
export interface Share {
  /** Takes so many bytes more. Throws BusyError if there is no room for them. */
  readonly take: (bytes: number) => void;
  /** Gives all of it back. */
  readonly release: () => void;
}

/** Bounds the bytes that are held in memory for requests under way. */
export class ByteBudget {
  readonly #limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that are taken now. */
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
            `The server has ${this.#limit} bytes of requests and pictures under way, which is its limit`,
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
