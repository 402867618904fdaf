import { createStore } from '../state/store.ts';

/** How long a message is shown, in milliseconds. */
const SAID_FOR = 4000;

/** A short message, with an optional undo. */
export interface Said {
  readonly text: string;
  readonly undo?: () => void;
}

export const said = createStore<Said | null>(null);

/** Shows a short message, also to screen readers. */
export function say(text: string, undo?: () => void, milliseconds = SAID_FOR): void {
  const now: Said = { text, ...(undo && { undo }) };
  said.set(now);
  setTimeout(() => {
    said.set((present) => (present === now ? null : present));
  }, milliseconds);
}
