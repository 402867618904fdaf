import { useRef, type KeyboardEvent } from 'react';
import { hidden, jobs, waitingIn, type Job } from '../jobs/jobs.ts';
import { go, route } from '../state/route.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Tile } from './tile.tsx';

/** The latest jobs, newest first; arrow keys move through them. */
export function Strip() {
  const texts = useTexts();
  const { list, isLoaded } = useStore(jobs);
  const leaving = useStore(hidden);
  const { job: chosen } = useStore(route);
  const element = useRef<HTMLUListElement>(null);
  const shown = list.filter(({ id }) => !leaving.has(id));
  const places = waitingIn(shown).map(({ id }) => id);
  const entry = shown.some(({ id }) => id === chosen) ? chosen : shown[0]?.id;
  const show = (job: Job | undefined) => {
    if (!job) return;
    go({ view: 'make', job: job.id, picture: null });
    element.current?.querySelector<HTMLElement>(`[data-job="${CSS.escape(job.id)}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const way = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    const ends = { Home: 0, End: shown.length - 1 }[event.key];
    if (way === undefined && ends === undefined) return;
    event.preventDefault();
    const at = shown.findIndex(({ id }) => id === entry);
    show(shown[ends ?? Math.min(shown.length - 1, Math.max(0, at + way!))]);
  };
  return (
    <aside className="strip" aria-label={texts.landmarks.pictures}>
      <h2 className="strip-title">{texts.strip.title}</h2>
      {isLoaded && shown.length === 0 ? (
        <p className="note strip-empty">{texts.strip.empty}</p>
      ) : (
        <ul className="strip-list" ref={element} onKeyDown={onKeyDown}>
          {shown.map((job) => (
            <li key={job.id}>
              <Tile
                job={job}
                isChosen={job.id === chosen}
                isEntry={job.id === entry}
                place={places.indexOf(job.id)}
                isFollowed={job.status === 'RUNNING' && job.id !== chosen}
                onShow={() => {
                  show(job);
                }}
              />
            </li>
          ))}
        </ul>
      )}
    </aside>
  );
}
