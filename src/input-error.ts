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

/** An expected failure that is shown to the caller: `field` is the path in the input, the message says what was expected and what came. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly code: UserErrorCode;
  readonly field: readonly string[];
  /** Seconds after which the same request may succeed (QUEUE_FULL). */
  readonly retryAfter: number | undefined;

  constructor(code: UserErrorCode, field: readonly string[], message: string, retryAfter?: number) {
    super(message);
    this.code = code;
    this.field = field;
    this.retryAfter = retryAfter;
  }
}
