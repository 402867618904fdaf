/** Codes of user errors: the values of `UserErrorCode` in the schema. */
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

/** Most characters of a value in a message. */
export const MAX_SHOWN_LENGTH = 200;

/** Most characters of a message; the middle of a longer one is omitted. */
const MAX_MESSAGE_LENGTH = 2000;

/** A message, also of a library, with every value from a client cut to MAX_SHOWN_LENGTH. */
export function cutValues(whole: string): string {
  if (whole.length <= MAX_SHOWN_LENGTH) return whole;
  const message = withoutMiddle(whole, 10 * MAX_MESSAGE_LENGTH, ''); // do not read what is omitted anyway
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

/** The end of the quoted text, the word or the space at `start`. */
function valueEnd(message: string, start: number): number {
  const isQuoted = message[start] === '"';
  for (let end = start + 1; end < message.length; end++) {
    if (isQuoted && message[end] === '\\') end++;
    else if (isQuoted && message[end] === '"') return end + 1;
    else if (!isQuoted && ' \n"'.includes(message[end]!)) return end;
  }
  return message.length;
}

/** An expected failure that the caller sees: `field` is the path in the input, the message says what was expected and given. */
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
