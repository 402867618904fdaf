import { createStore } from '../state/store.ts';

/** State of the connection. `back`: just restored. */
export type Connection = 'opening' | 'open' | 'lost' | 'restarting' | 'back';

/** Milliseconds until a lost connection is shown, and for which its return is shown. */
const LOST_AFTER = 3000;
const BACK_FOR = 3000;

/** RFC 6455: the server is going down. */
const GOING_AWAY = 1001;

export const connection = createStore<Connection>('opening');

let timer: ReturnType<typeof setTimeout> | undefined;
/** Whether the timer that shows a lost connection is running. */
let isWaiting = false;
let wakeUp: (() => void) | undefined;

/** Notes that the socket is open. */
export function noteOpen(): void {
  clearTimeout(timer);
  isWaiting = false;
  const wasLost = ['lost', 'restarting'].includes(connection.get());
  connection.set(wasLost ? 'back' : 'open');
  if (wasLost)
    timer = setTimeout(() => {
      connection.set('open');
    }, BACK_FOR);
}

/** Notes that the socket has closed. */
export function noteClosed(code: number | undefined): void {
  if (code === GOING_AWAY) {
    clearTimeout(timer);
    isWaiting = false;
    connection.set('restarting');
  } else if (!isWaiting && ['open', 'back', 'opening'].includes(connection.get())) {
    clearTimeout(timer);
    isWaiting = true; // further failures do not restart the timer
    timer = setTimeout(() => {
      isWaiting = false;
      connection.set('lost');
    }, LOST_AFTER);
  }
}

/** Waits before the next attempt: 0.5 to 15 s with jitter, or until the user presses "Try now". */
export function waitToRetry(attempt: number): Promise<void> {
  const longest = Math.min(15_000, 500 * 2 ** attempt);
  return new Promise((resolve) => {
    const wait = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
    wakeUp = () => {
      clearTimeout(wait);
      resolve();
    };
  });
}

/** Tries to connect at once. */
export const tryNow = (): void => wakeUp?.();

addEventListener('online', tryNow);
