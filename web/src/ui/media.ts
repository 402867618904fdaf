import { useSyncExternalStore } from 'react';

/** Whether a media query holds. */
export function useMedia(query: string): boolean {
  const list = matchMedia(query);
  return useSyncExternalStore(
    (listener) => {
      list.addEventListener('change', listener);
      return () => {
        list.removeEventListener('change', listener);
      };
    },
    () => list.matches,
  );
}

/** Phones and narrow windows: the page scrolls. */
export const NARROW = '(max-width: 640px)';

/** Touch devices. */
export const TOUCH = '(pointer: coarse)';
