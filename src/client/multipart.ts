/** Body and headers of a request. */
interface RequestBody {
  readonly body: string | FormData;
  readonly headers: Readonly<Record<string, string>>;
}

/** JSON, or a GraphQL multipart request if there is a Blob anywhere in the variables. */
export function bodyOf(
  query: string,
  variables: unknown,
  headers: Readonly<Record<string, string>>,
): RequestBody {
  const files = new Map<string, Blob>();
  const operations = JSON.stringify({ query, variables: withoutFiles(variables, 'variables', files) });
  if (files.size === 0)
    return { body: operations, headers: { ...headers, 'content-type': 'application/json' } };
  const form = new FormData();
  const parts = [...files].map(([path, file], i) => ({ name: String(i), path, file }));
  form.set('operations', operations);
  form.set('map', JSON.stringify(Object.fromEntries(parts.map(({ name, path }) => [name, [path]]))));
  for (const { name, file } of parts) form.set(name, file, 'picture');
  return { body: form, headers: { ...headers, 'x-graphql-yoga-csrf': 'latentql' } };
}

/** A value with null in place of each Blob, which is added to `files` under its path. */
function withoutFiles(value: unknown, path: string, files: Map<string, Blob>): unknown {
  if (value instanceof Blob) {
    files.set(path, value);
    return null;
  }
  if (Array.isArray(value)) return value.map((one, i) => withoutFiles(one, `${path}.${i}`, files));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, one]) => [name, withoutFiles(one, `${path}.${name}`, files)]),
  );
}
