/** `extensions.code` of the errors that are no data of a mutation: the values of `ErrorCode` in the schema. */
export const ERROR_CODES = [
  'GRAPHQL_PARSE_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'TOO_MANY_REQUESTS',
  'TOO_MANY_TOKENS',
  'TOO_DEEP',
  'TOO_MANY_ALIASES',
  'TOO_MANY_DIRECTIVES',
  'TOO_EXPENSIVE',
  'TOO_MANY_OPERATIONS',
  'STORAGE_FULL',
  'STORAGE_UNAVAILABLE',
  'QUEUE_UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];
