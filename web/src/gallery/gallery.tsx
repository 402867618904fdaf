import '../styles/pages.css';
import { useState } from 'react';
import { attempt, deletePicturesLater } from '../jobs/actions.ts';
import { findJob, hidden, imageAt, type TileJob } from '../jobs/jobs.ts';
import { restored } from '../stage/job-menu.tsx';
import { server } from '../state/resources.ts';
import { go, route } from '../state/route.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { spanText } from '../ui/span.ts';
import { ComparePair } from './compare-pair.tsx';
import { GalleryFilters } from './gallery-filters.tsx';
import { byDay, usePages } from './pages.ts';
import { Picture, pictureId } from './picture.tsx';

/** All pictures by day, with search, comparison and deletion. */
export default function Gallery() {
  const texts = useTexts();
  const words = texts.gallery;
  const { model, status, from, compare } = useStore(route);
  const [text, setText] = useState('');
  const leaving = useStore(hidden);
  const kept = useStore(server)?.limits.retentionSeconds;
  const { pages, more } = usePages({ text, model, status, from });
  const [selected, setSelected] = useState<readonly string[]>([]);
  const shown = pages.entries.filter(
    ({ job, index }) => !leaving.has(job.id) && !leaving.has(imageAt(job, index)?.id ?? ''),
  );
  const chosen = shown.filter(({ job, index }) => selected.includes(pictureId(job, index)));
  const restore = async (id: string) => {
    const job = await attempt(() => findJob(id));
    if (!job) return;
    await restored(job);
    go({ view: 'make' });
  };
  const isFiltered = text !== '' || model !== null || status !== null || from !== null;
  const toggle = (id: string) => {
    setSelected((now) => (now.includes(id) ? now.filter((one) => one !== id) : [...now, id]));
  };
  const open = (job: TileJob, index: number) => {
    go({ view: 'make', job: job.id, picture: job.images.length > 1 ? index : null });
  };
  if (compare.length === 2) return <ComparePair ids={compare} known={pages.entries.map(({ job }) => job)} />;
  return (
    <main id="page" tabIndex={-1} className="page" aria-label={texts.nav.gallery}>
      <div className="page-head">
        <h1>{texts.nav.gallery}</h1>
        <p className="note">
          {status === null ? words.pictures(pages.total) : words.jobs(pages.total)}
          {kept != null && `${texts.comma}${words.kept(spanText(kept, texts.locale))}`}
        </p>
      </div>
      <GalleryFilters text={text} onText={setText} />
      {selected.length > 0 && (
        <div className="selection">
          <p>{words.selected(selected.length)}</p>
          <div className="dock-buttons">
            <button
              type="button"
              className="button"
              disabled={selected.length !== 2}
              onClick={() => {
                go({ compare: selected });
              }}
            >
              {words.compare}
            </button>
            <button
              type="button"
              className="button"
              disabled={chosen.length !== 1}
              onClick={() => {
                void restore(chosen[0]!.job.id);
              }}
            >
              {texts.dock.restore}
            </button>
            <button
              type="button"
              className="button cancel"
              onClick={() => {
                deletePicturesLater(chosen);
                setSelected([]);
              }}
            >
              {texts.dock.delete}
            </button>
            <button
              type="button"
              className="button"
              onClick={() => {
                setSelected([]);
              }}
            >
              {words.none}
            </button>
          </div>
        </div>
      )}
      {pages.failure !== null && <p className="error">{pages.failure}</p>}
      {!pages.isLoading && shown.length === 0 && (
        <p className="empty-line">
          {isFiltered ? words.nothing : texts.strip.empty}{' '}
          {isFiltered && (
            <button
              type="button"
              className="link"
              onClick={() => {
                setText('');
                go({ model: null, status: null, from: null });
              }}
            >
              {words.clear}
            </button>
          )}
        </p>
      )}
      {byDay(shown, texts.locale).map(({ day, entries }) => (
        <section key={day} className="day">
          <h2>{day}</h2>
          <ul className="pictures">
            {entries.map(({ job, index }) => (
              <Picture
                key={pictureId(job, index)}
                job={job}
                index={index}
                isSelected={selected.includes(pictureId(job, index))}
                onSelect={toggle}
                onOpen={open}
              />
            ))}
          </ul>
        </section>
      ))}
      {pages.next !== null && (
        <button type="button" className="button more-pages" disabled={pages.isLoading} onClick={more}>
          {words.more}
        </button>
      )}
    </main>
  );
}
