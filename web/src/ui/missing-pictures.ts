import { onConnected } from '../api/client.ts';

/** Marks pictures that failed to load, so that CSS can hide the broken-image icon, and reloads them on reconnection. */
export function watchMissingPictures(): void {
  const mark = ({ type, target }: Event) => {
    if (target instanceof HTMLImageElement) target.toggleAttribute('data-missing', type === 'error');
  };
  for (const type of ['error', 'load']) document.addEventListener(type, mark, { capture: true });
  onConnected(() => {
    for (const image of document.querySelectorAll<HTMLImageElement>('img[data-missing]')) {
      image.src = image.getAttribute('src') ?? '';
    }
  });
}
