import { createStore } from '../state/store.ts';

/** The themes; `system` follows the system. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** `public/theme.js` reads the same before the page is shown. */
const NAME = 'latentql.theme';

export const theme = createStore<Theme>(keptTheme());

function keptTheme(): Theme {
  const { theme: kept } = document.documentElement.dataset;
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

/** Whether the page is dark now. */
export const isDark = (): boolean =>
  theme.get() === 'dark' || (theme.get() === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);

/** Sets the theme. */
export function wear(next: Theme): void {
  if (next === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = next;
  theme.set(next);
  try {
    localStorage.setItem(NAME, next);
  } catch {
    // no storage: the system's theme next time
  }
}

/** Switches between light and dark. */
export const switchTheme = (): void => {
  wear(isDark() ? 'light' : 'dark');
};
