interface InputValue {
  description?: string | null;
  readonly defaultValue?: string | null;
}

interface Type {
  readonly inputFields?: readonly InputValue[] | null;
  readonly fields?: readonly { readonly args: readonly InputValue[] }[] | null;
}

/** Writes defaults into the descriptions of an introspection's inputs: GraphiQL's docs leave them out. Other answers are left. */
export function writeDefaults(answer: unknown): void {
  const { data } = answer as { data?: { __schema?: { types?: readonly Type[] } } | null };
  for (const { inputFields, fields } of data?.__schema?.types ?? []) {
    for (const value of [...(inputFields ?? []), ...(fields ?? []).flatMap(({ args }) => args)]) {
      if (value.defaultValue == null) continue;
      value.description = [value.description, `Default: \`${value.defaultValue}\`.`]
        .filter(Boolean)
        .join('\n\n');
    }
  }
}
