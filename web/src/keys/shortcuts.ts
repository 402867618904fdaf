import { createStore } from '../state/store.ts';

/** Whether the list of keys is open. */
export const isShortcutsOpen = createStore(false);
