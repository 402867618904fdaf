/** A server's error in place of the requested data. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  /** `UserErrorCode` or `extensions.code`; null if the server gave none or did not answer. */
  readonly code: string | null;
  /** Path of the wrong argument, such as `['input', 'width']`. */
  readonly field: readonly string[] | null;
  /** Seconds after which the same request may succeed. */
  readonly retryAfter: number | null;

  constructor(
    message: string,
    facts: {
      readonly code?: string | null | undefined;
      readonly field?: readonly string[] | null | undefined;
      readonly retryAfter?: number | null | undefined;
    } = {},
  ) {
    super(message);
    this.code = facts.code ?? null;
    this.field = facts.field ?? null;
    this.retryAfter = facts.retryAfter ?? null;
  }
}

/** The error of a `userErrors` entry. */
export const userError = (error: {
  readonly code: string;
  readonly field?: readonly string[] | null | undefined;
  readonly message: string;
  readonly retryAfter?: number | null | undefined;
}): ClientError => new ClientError(error.message, error);

/** The error of a GraphQL `errors` entry. */
export const graphqlError = (error: {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}): ClientError => {
  const code = error.extensions?.['code'];
  return new ClientError(error.message, { code: typeof code === 'string' ? code : null });
};
