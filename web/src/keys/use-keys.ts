import { useEffect } from 'react';
import { cancel } from '../jobs/actions.ts';
import { jobs } from '../jobs/jobs.ts';
import { hasEnded } from '../jobs/merge-jobs.ts';
import { openModelPicker } from '../panel/model-dialog.ts';
import { submitForm } from '../panel/submit.ts';
import { isSourceHeld, view, zoomStage } from '../stage/view.ts';
import { go, route } from '../state/route.ts';
import { isShortcutsOpen } from './shortcuts.ts';

/** Milliseconds within which Escape is pressed twice. */
const TWICE_WITHIN = 800;
const ZOOM_STEP = 1.5;

/** Whether keys go to a text field. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('textarea, select, input:not([type="range"], [type="radio"])') !== null;

const jobOnStage = () => jobs.get().list.find(({ id }) => id === route.get().job);

/** Moves to the next or previous job of the strip. */
function step(way: number): void {
  const { list } = jobs.get();
  const at = list.findIndex(({ id }) => id === route.get().job);
  const next = list[Math.min(list.length - 1, Math.max(0, at + way))];
  if (next) go({ job: next.id, picture: null });
}

const ACTIONS: ReadonlyMap<string, () => void> = new Map([
  ['/', () => document.getElementById('prompt')?.focus()],
  ['m', openModelPicker],
  [
    '?',
    () => {
      isShortcutsOpen.set(true);
    },
  ],
  [
    'c',
    () => {
      view.set((now) => (now === 'compare' ? 'result' : 'compare'));
    },
  ],
  [
    's',
    () => {
      isSourceHeld.set(true);
    },
  ],
  [
    'ArrowLeft',
    () => {
      step(-1);
    },
  ],
  [
    'ArrowRight',
    () => {
      step(1);
    },
  ],
  [
    '+',
    () => {
      zoomStage(ZOOM_STEP);
    },
  ],
  [
    '-',
    () => {
      zoomStage(1 / ZOOM_STEP);
    },
  ],
  [
    '0',
    () => {
      zoomStage(0);
    },
  ],
  ['d', () => document.querySelector<HTMLAnchorElement>('.dock a[data-format="PNG"]')?.click()],
]);

/** The page's keyboard shortcuts; while typing only those of the form work, in dialogs none. */
export function useKeys(): void {
  useEffect(() => {
    let escapedAt = 0;
    const onDown = (event: KeyboardEvent) => {
      if (document.querySelector('dialog[open]')) return;
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        void submitForm();
        return;
      }
      if (event.key === 'Escape') {
        const job = jobOnStage();
        if (event.timeStamp - escapedAt < TWICE_WITHIN && job && !hasEnded(job)) void cancel(job.id);
        escapedAt = event.timeStamp;
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const digit = /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
      if (digit > 0) {
        if (jobOnStage()?.images.some(({ index }) => index === digit - 1)) go({ picture: digit - 1 });
        return;
      }
      const ownsArrows =
        event.target instanceof Element && event.target.closest('input, [role="listbox"], ul') !== null;
      if (event.key.startsWith('Arrow') && ownsArrows) return;
      const action = ACTIONS.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
      if (!action) return;
      event.preventDefault();
      action();
    };
    const onUp = ({ key }: KeyboardEvent) => {
      if (key.toLowerCase() === 's') isSourceHeld.set(false);
    };
    document.addEventListener('keydown', onDown);
    document.addEventListener('keyup', onUp);
    return () => {
      document.removeEventListener('keydown', onDown);
      document.removeEventListener('keyup', onUp);
    };
  }, []);
}
