import { createStore } from './store.ts';

const NAME = 'latentql.key';

/** The API key of this tab, or of this device if the user wants it remembered. */
let key = read(() => sessionStorage.getItem(NAME) ?? localStorage.getItem(NAME));

/** Whether a key is asked for, and whether one was refused. */
export const keyQuestion = createStore<'none' | 'asked' | 'refused'>('none');

let answered: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

/** The key, if there is one. */
export const presentKey = (): string | null => key;

/** Asks for a key once, however many requests wait; resolves when one is entered. */
export function askForKey(): Promise<void> {
  if (!answered) {
    let resolve: () => void = () => undefined;
    const promise = new Promise<void>((done) => (resolve = done));
    answered = { promise, resolve };
    keyQuestion.set(key === null ? 'asked' : 'refused');
  }
  return answered.promise;
}

/** Resolves at once unless a key is being asked for. */
export const keyIsThere = (): Promise<void> => answered?.promise ?? Promise.resolve();

/** Stores the entered key. */
export function giveKey(given: string, isRemembered: boolean): void {
  key = given;
  read(() => {
    sessionStorage.setItem(NAME, given);
    if (isRemembered) localStorage.setItem(NAME, given);
  });
  keyQuestion.set('none');
  answered?.resolve();
  answered = undefined;
}

/** Forgets the key and reloads. */
export function forgetKey(): void {
  read(() => {
    sessionStorage.removeItem(NAME);
    localStorage.removeItem(NAME);
  });
  location.reload();
}

/** Storage may be unavailable; then the key lasts until the page is left. */
function read<Value>(use: () => Value): Value | null {
  try {
    return use();
  } catch {
    return null;
  }
}
