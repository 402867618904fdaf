import { createStore } from '../state/store.ts';

/** Milliseconds for which a short answer stands. */
const SAID_FOR = 4000;

/** A short answer to a press, and what takes the press back. */
export interface Said {
  readonly text: string;
  readonly undo?: () => void;
}

export const said = createStore<Said | null>(null);

/** Answers a press in a few words, beside what was pressed and to screen readers. */
export function say(text: string, undo?: () => void, milliseconds = SAID_FOR): void {
  const now: Said = { text, ...(undo && { undo }) };
  said.set(now);
  setTimeout(() => {
    said.set((present) => (present === now ? null : present));
  }, milliseconds);
}
