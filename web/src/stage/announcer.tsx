import { useEffect, useRef, useState } from 'react';
import { connection } from '../api/connection.ts';
import type { Job } from '../jobs/jobs.ts';
import { hasEnded } from '../jobs/merge-jobs.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { dockWords } from './dock-words.ts';
import { said } from './say.ts';
import { useStageJob } from './stage-job.ts';

/** Milliseconds between two announcements of steps. */
const STEP_INTERVAL = 5000;

/** Announces progress to screen readers: state changes at once, steps now and then. Also sets the tab's title. */
export function Announcer() {
  const texts = useTexts();
  const onStage = useStageJob();
  const job = typeof onStage === 'object' ? onStage : undefined;
  const steps = useSteps(job);
  const answer = useStore(said);
  const state = useStore(connection);
  const ofConnection = state === 'opening' || state === 'open' ? null : texts.connection[state];
  const progress = job?.status === 'RUNNING' ? dockWords(job, texts).progress : null;

  useEffect(() => {
    document.title = progress === null ? texts.pageTitle : texts.tab(Math.round(progress * 100));
  }, [progress, texts]);

  return (
    <p className="unseen" role="status">
      {answer?.text ?? ofConnection ?? steps}
    </p>
  );
}

/** The announcement for a job. */
function useSteps(job: Job | undefined): string {
  const texts = useTexts();
  const [told, setTold] = useState('');
  const last = useRef({ state: '', at: 0 });
  useEffect(() => {
    if (!job || job.status === 'FAILED') {
      setTold(''); // the dock announces failures
      return;
    }
    const state = `${job.id} ${job.status} ${job.stage}`;
    const isNew = state !== last.current.state;
    if (!isNew && Date.now() - last.current.at < STEP_INTERVAL) return;
    const wasHere = last.current.state.startsWith(job.id);
    last.current = { state, at: Date.now() };
    if (job.status === 'SUCCEEDED') setTold(wasHere ? texts.dock.announceDone(job.images.length) : '');
    else if (!hasEnded(job) || wasHere) setTold(dockWords(job, texts).title);
  }, [job, texts]);
  return told;
}
