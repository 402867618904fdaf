import { createStore } from '../state/store.ts';

/** What a variable holds in the place of a file: `file:` and the name of a chosen one. */
const MARK = 'file:';

/** Files that a person has chosen, by name. */
export const files = createStore<ReadonlyMap<string, File>>(new Map());

/** Keeps a file by its name; `file:` without a name means the last one. */
export const keepFile = (file: File): void => {
  files.set((now) => new Map(now).set(file.name, file).set('', file));
};

/**
 * Asks for a file. Resolves with null if a person gives none, and if the press that led here is too long ago: the browser then
 * opens no chooser, and says so to nobody.
 */
export function chooseFile(): Promise<File | null> {
  const { userActivation } = navigator as { userActivation?: { isActive: boolean } }; // browsers of before 2023 lack it
  if (userActivation?.isActive === false) return Promise.resolve(null);
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = 'image/*';
  return new Promise((resolve) => {
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      if (file) keepFile(file);
      resolve(file ?? null);
    });
    input.addEventListener('cancel', () => {
      resolve(null);
    });
    input.click();
  });
}

/** The paths of files in the variables, as in a GraphQL multipart request, with their names. */
export function filePlaces(value: unknown, path = 'variables'): readonly { path: string; name: string }[] {
  if (typeof value === 'string' && value.startsWith(MARK)) return [{ path, name: value.slice(MARK.length) }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => filePlaces(one, `${path}.${name}`));
}

/** The body of a request: JSON, or a multipart request where a variable names a file; one that is not there is asked for. */
export async function bodyOf(operation: { readonly variables?: unknown }): Promise<string | FormData> {
  const places = filePlaces(operation.variables);
  if (places.length === 0) return JSON.stringify(operation);
  const form = new FormData();
  const withoutFiles = JSON.stringify(operation, (_name, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? null : value,
  );
  form.append('operations', withoutFiles);
  form.append('map', JSON.stringify(Object.fromEntries(places.map(({ path }, i) => [i, [path]]))));
  for (const [i, { path, name }] of places.entries()) {
    const file = files.get().get(name) ?? (await chooseFile());
    if (!file) throw new Error(`${path} is a file: choose one beside the answer, or give null`);
    form.append(String(i), file, file.name);
  }
  return form;
}
