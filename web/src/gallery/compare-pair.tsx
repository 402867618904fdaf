import { useEffect, useState } from 'react';
import { pictureAddress } from '../api/picture-address.ts';
import { findJob, imageAt, jobs, type TileJob } from '../jobs/jobs.ts';
import { promptWords } from '../jobs/prompt-words.ts';
import { Compared } from '../stage/compared.tsx';
import { Placed } from '../stage/frame.tsx';
import { go } from '../state/route.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';

/** Two pictures of the gallery with a split line. */
export function ComparePair({
  ids,
  known,
}: {
  readonly ids: readonly string[];
  readonly known: readonly TileJob[];
}) {
  const texts = useTexts();
  const { list } = useStore(jobs);
  const [found, setFound] = useState<readonly TileJob[]>([]);
  const [isGone, setGone] = useState(false);
  const all = [...known, ...list, ...found];
  const wanted = ids.map((id) => {
    const end = id.lastIndexOf(':'); // a job's id contains a colon itself
    const jobId = id.slice(0, end);
    return { jobId, job: all.find((job) => job.id === jobId), index: Number(id.slice(end + 1)) };
  });
  const missing = wanted.filter(({ job }) => !job).map(({ jobId }) => jobId);
  const asked = missing.join(' ');
  useEffect(() => {
    for (const id of asked.split(' ').filter(Boolean)) {
      void findJob(id).then(
        (job) => {
          if (job) setFound((now) => [...now, job]);
          else setGone(true);
        },
        () => {
          setGone(true);
        },
      );
    }
  }, [asked]);
  const images = wanted.flatMap(({ job, index }) => {
    const image = job && imageAt(job, index);
    return job && image ? [{ job, image }] : [];
  });
  const [first, second] = images;
  const isDeleted = wanted.some(({ job, index }) => job !== undefined && !imageAt(job, index));
  const back = (
    <button
      type="button"
      className="button"
      onClick={() => {
        go({ compare: [] });
      }}
    >
      {texts.nav.gallery}
    </button>
  );
  return (
    <main id="page" tabIndex={-1} className="stage" aria-label={texts.gallery.compare}>
      <h1 className="unseen">{texts.gallery.compare}</h1>
      {(isGone || isDeleted) && (
        <div className="absent">
          <p className="state">{texts.stage.notLoaded}</p>
          {back}
        </div>
      )}
      {first && second && (
        <Placed
          width={first.image.width}
          height={first.image.height}
          dock={
            <div className="dock-line">
              <p className="pair-words">
                <span>{promptWords(first.job, texts)}</span> <span className="note">{first.image.seed}</span>
                <span>{promptWords(second.job, texts)}</span>{' '}
                <span className="note">{second.image.seed}</span>
              </p>
              <div className="dock-buttons">{back}</div>
            </div>
          }
        >
          <Compared
            below={{
              address: pictureAddress(first.image.sha256),
              alt: promptWords(first.job, texts),
              tag: '1',
              style: { objectFit: 'contain' },
            }}
            above={{
              address: pictureAddress(second.image.sha256),
              alt: promptWords(second.job, texts),
              tag: '2',
              style: { objectFit: 'contain' },
            }}
            pictureWidth={second.image.width}
            shown="both"
          />
        </Placed>
      )}
    </main>
  );
}
