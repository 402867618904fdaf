import { useSyncExternalStore } from 'react';

/** An observable value. */
export interface Store<Value> {
  readonly get: () => Value;
  readonly set: (next: Value | ((now: Value) => Value)) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

/** A store with an initial value. */
export function createStore<Value>(initial: Value): Store<Value> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      const changed = typeof next === 'function' ? (next as (now: Value) => Value)(value) : next;
      if (Object.is(changed, value)) return;
      value = changed;
      for (const listener of [...listeners]) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A store in localStorage; `read` validates what was stored. */
export function createKeptStore<Value>(key: string, read: (kept: unknown) => Value): Store<Value> {
  const store = createStore(read(readKept(key)));
  store.subscribe(() => {
    keep(key, store.get());
  });
  return store;
}

/** The value of a store; re-renders on change. */
export const useStore = <Value>(store: Store<Value>): Value =>
  useSyncExternalStore(store.subscribe, store.get);

function readKept(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as unknown;
  } catch {
    return null; // unavailable, or written by something else
  }
}

function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // unavailable or full: the value is lost on reload
  }
}
