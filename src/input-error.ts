/** What can be wrong with a request: the values of `UserErrorCode` in the schema. */
export const USER_ERROR_CODES = [
  'INVALID_VALUE',
  'UNSUPPORTED',
  'MODEL_NOT_INSTALLED',
  'MODEL_INVALID',
  'IMAGE_UNREACHABLE',
  'IMAGE_INVALID',
  'IMAGE_TOO_LARGE',
  'IDEMPOTENCY_KEY_REUSED',
  'QUEUE_FULL',
  'QUOTA_EXCEEDED',
  'TOO_MUCH_WORK',
  'FORBIDDEN',
  'NOT_WAITING',
  'NOT_RETRYABLE',
  'NOT_FINISHED',
  'NOT_FOUND',
  'EXPIRED',
  'RECORD_UNREADABLE',
] as const;
export type UserErrorCode = (typeof USER_ERROR_CODES)[number];

/** Characters of a value that a message shows at most. */
export const MAX_SHOWN_LENGTH = 200;

/** Characters of a whole message; the middle of a longer one is left out. */
const MAX_MESSAGE_LENGTH = 2000;

/** A message in which no value that came from a client is longer than MAX_SHOWN_LENGTH, also in messages of libraries. */
export function cutValues(whole: string): string {
  if (whole.length <= MAX_SHOWN_LENGTH) return whole;
  const message = withoutMiddle(whole, 10 * MAX_MESSAGE_LENGTH, ''); // what is thrown away need not be read
  let cut = '';
  for (let start = 0, end; start < message.length; start = end) {
    end = valueEnd(message, start);
    const value = message.slice(start, Math.min(end, start + MAX_SHOWN_LENGTH));
    cut += end - start <= MAX_SHOWN_LENGTH ? value : `${value}…${value.startsWith('"') ? '"' : ''}`;
  }
  return withoutMiddle(cut, MAX_MESSAGE_LENGTH, ' … ');
}

const withoutMiddle = (text: string, most: number, gap: string): string =>
  text.length <= most ? text : text.slice(0, most / 2) + gap + text.slice(-most / 2);

/** Where the quoted text, the word or the blank at `start` ends. */
function valueEnd(message: string, start: number): number {
  const isQuoted = message[start] === '"';
  for (let end = start + 1; end < message.length; end++) {
    if (isQuoted && message[end] === '\\') end++;
    else if (isQuoted && message[end] === '"') return end + 1;
    else if (!isQuoted && ' \n"'.includes(message[end]!)) return end;
  }
  return message.length;
}

/** An expected failure that is shown to the caller: `field` is the path in the input, the message says what was expected and what came. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly code: UserErrorCode;
  readonly field: readonly string[];
  /** Seconds after which the same request may succeed (QUEUE_FULL). */
  readonly retryAfter: number | undefined;

  constructor(code: UserErrorCode, field: readonly string[], message: string, retryAfter?: number) {
    super(cutValues(message));
    this.code = code;
    this.field = field;
    this.retryAfter = retryAfter;
  }
}
