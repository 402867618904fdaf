import { randomInt } from 'node:crypto';
import { v7 } from 'uuid';

/**
 * Makes UUIDv7 ids (RFC 9562) that grow strictly, also when the clock steps back and across restarts (`last` is the
 * greatest id given so far): the order of ids is the order of arrival.
 */
export function growingIds(now: () => number, last: string | undefined): () => string {
  let msecs = last === undefined ? 0 : timestampOf(last) + 1;
  let seq = 0;
  return () => {
    const time = now();
    if (time > msecs) {
      msecs = time;
      seq = randomInt(2 ** 31); // the upper half of the counter's 32 bits is room to count on
    } else {
      seq++;
    }
    return v7({ msecs, seq });
  };
}

/** Milliseconds since the epoch, the first 48 bits of a UUIDv7. */
function timestampOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
