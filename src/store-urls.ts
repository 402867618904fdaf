/** The scheme of a value; the rest is not shown, since it may contain a password anywhere. */
export const beginning = (text: string): string => {
  const [scheme] = /^[a-z][a-z0-9+.-]{0,20}:\/\//i.exec(text) ?? [];
  return scheme === undefined ? 'a text without a scheme such as https://' : `"${scheme}…"`;
};

/** Whether a text begins like the URL of a Redis. */
export const isRedisUrl = (text: string): boolean => /^rediss?(\+sentinel)?:\/\/[^/]/.test(text);

/** The problem of an invalid Redis URL, without the text, which may contain a password anywhere. */
export function wrongRedisUrl(text: string): string {
  const form =
    'redis://host:port, rediss:// with TLS, redis://h1:p1,h2:p2 of a Redis Cluster, or redis+sentinel://h1:p1,h2:p2/master';
  const encoded = '"/", "@", "?" and "#" in a password are written %2F, %40, %3F and %23';
  return isRedisUrl(text)
    ? `expected ${form}, got an address that cannot be parsed; ${encoded}`
    : `expected ${form}, got ${beginning(text)}`;
}

/** Whether a text is `s3://bucket/prefix` or a folder. */
export const isStorageUrl = (text: string): boolean =>
  !/^[a-z][a-z0-9+.-]+:/i.test(text) || (URL.canParse(text) && /^s3:\/\/[^/?#@:]+(\/[^?#]*)?$/.test(text));

/** The problem of an invalid storage URL, without the text, which may contain a secret. */
export function wrongStorageUrl(text: string): string {
  const expected = 'expected s3://bucket/prefix or a folder';
  if (!text.startsWith('s3:')) return `${expected}, got ${beginning(text)}`;
  const [, found] =
    [
      [/@|^s3:\/\/[^/]*:/, 'a user, a password or a port'],
      [/[?#]/, 'a query or a fragment'],
    ].find(([pattern]) => (pattern as RegExp).test(text)) ?? [];
  return (
    `${expected}, got ${(found as string | undefined) ?? 'no bucket'}: ` +
    'keys and the address of the server are given by AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL'
  );
}
