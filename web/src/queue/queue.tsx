import '../styles/pages.css';
import { useEffect, useState } from 'react';
import { thumbnailAddress } from '../api/picture-address.ts';
import { useSourceAddress } from '../api/source-address.ts';
import { cancel, cancelWaiting, pauseQueue, resumeQueue, runFirst } from '../jobs/actions.ts';
import { jobs, waitingIn, type Job } from '../jobs/jobs.ts';
import { hasEnded } from '../jobs/merge-jobs.ts';
import { smallPicture } from '../jobs/preview-opacity.ts';
import { usePreview, useProgress } from '../jobs/previews.ts';
import { promptWords } from '../jobs/prompt-words.ts';
import { dockWords } from '../stage/dock-words.ts';
import { engine, loadEngine } from '../state/resources.ts';
import { go } from '../state/route.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Devices } from './devices.tsx';

/** Polling interval while this view is open, in milliseconds. */
const ENGINE_INTERVAL = 3000;

/** Every job that waits or runs, and the devices that run them. */
export default function Queue() {
  const texts = useTexts();
  const words = texts.queue;
  const { list } = useStore(jobs);
  const now = useStore(engine);
  const [isAsking, setAsking] = useState(false);
  const rows = [...list.filter(({ status }) => status === 'RUNNING'), ...waitingIn(list)];
  const waiting = rows.filter(({ status }) => status === 'QUEUED').length;
  useEffect(() => {
    void loadEngine();
    const looking = setInterval(() => {
      if (!document.hidden) void loadEngine();
    }, ENGINE_INTERVAL);
    return () => {
      clearInterval(looking);
    };
  }, []);
  return (
    <main id="page" tabIndex={-1} className="page" aria-label={texts.nav.queue}>
      <div className="page-head">
        <h1>{texts.nav.queue}</h1>
        <div className="dock-buttons">
          <button
            type="button"
            className="button"
            disabled={waiting === 0}
            onClick={() => {
              setAsking(true);
            }}
          >
            {words.cancelWaiting}
          </button>
          <button
            type="button"
            className="button"
            onClick={() => void (now?.paused ? resumeQueue() : pauseQueue())}
          >
            {now?.paused ? words.goOn : words.pause}
          </button>
        </div>
      </div>
      {now?.paused && <p className="warning">{words.paused}</p>}
      {rows.length === 0 ? (
        <p className="note empty-line">{words.empty}</p>
      ) : (
        <ul className="rows">
          {rows.map((job) => (
            <Row key={job.id} job={job} />
          ))}
        </ul>
      )}
      <Devices />
      {isAsking && (
        <Dialog
          title={words.sure(waiting)}
          onClose={() => {
            setAsking(false);
          }}
        >
          <p className="dialog-foot">
            <button
              type="button"
              className="button"
              onClick={() => {
                setAsking(false);
              }}
            >
              {words.keep}
            </button>
            <button
              type="button"
              className="button strong"
              onClick={() => {
                setAsking(false);
                void cancelWaiting();
              }}
            >
              {words.cancelWaiting}
            </button>
          </p>
        </Dialog>
      )}
    </main>
  );
}

function Row({ job }: { readonly job: Job }) {
  const texts = useTexts();
  useProgress(hasEnded(job) ? undefined : job.id, 128, 'first');
  const preview = usePreview(job.id);
  const [first] = job.images;
  const source = useSourceAddress(job.input.source?.sha256);
  const address = first ? thumbnailAddress(first.sha256, 128) : smallPicture(job, preview, source);
  const { title, note } = dockWords(job, texts);
  return (
    <li className="row" data-job={job.id}>
      {address === null ? (
        <span className="row-picture" />
      ) : (
        <img className="row-picture" src={address} width="56" height="56" alt="" />
      )}
      <div className="row-words">
        <p className="row-prompt">{promptWords(job, texts)}</p>
        <p className="note">{[title, note].filter(Boolean).join(', ')}</p>
        <p className="note">{job.input.model}</p>
      </div>
      <div className="dock-buttons">
        <button
          type="button"
          className="button"
          onClick={() => {
            go({ view: 'make', job: job.id, picture: null });
          }}
        >
          {texts.queue.show}
        </button>
        {job.status === 'QUEUED' && (job.queuePosition ?? 0) > 0 && (
          <button type="button" className="button" onClick={() => void runFirst(job.id)}>
            {texts.queue.runFirst}
          </button>
        )}
        <button type="button" className="button cancel" onClick={() => void cancel(job.id)}>
          <span className="stop" aria-hidden="true" /> {texts.dock.cancel}
        </button>
      </div>
    </li>
  );
}
