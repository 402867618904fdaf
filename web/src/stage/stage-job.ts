import { useEffect, useState } from 'react';
import { onConnected, RequestError } from '../api/client.ts';
import { findJob, jobs, takeJobs, type Job } from '../jobs/jobs.ts';
import { hasEnded } from '../jobs/merge-jobs.ts';
import { go, route } from '../state/route.ts';
import { newSource } from '../state/source.ts';
import { useStore } from '../state/store.ts';

/** What is on the stage: a job, none, one that is being fetched, or one that is not there. */
export type OnStage = Job | 'none' | 'loading' | 'gone' | 'unknown';

/** The job that the address names; without one, the page begins with the job that runs, else with the newest. */
export function useStageJob(): OnStage {
  const { job: id } = useStore(route);
  const { list, isLoaded } = useStore(jobs);
  const [absent, setAbsent] = useState<ReadonlyMap<string, 'gone' | 'unknown'>>(new Map());
  const [attempt, setAttempt] = useState(0);
  const found = list.find((job) => job.id === id);
  const isMissing = isLoaded && id !== null && !found;
  useEffect(() => {
    if (!isMissing) return;
    const note = (state: 'gone' | 'unknown') => {
      setAbsent((now) => new Map(now).set(id, state));
    };
    void findJob(id).then(
      (job) => {
        if (job) takeJobs([job]);
        else note('unknown');
      },
      (error: unknown) => {
        const code = error instanceof RequestError ? error.code : undefined;
        if (code !== undefined) note(code === 'EXPIRED' ? 'gone' : 'unknown');
      },
    );
    // Without an answer nothing is known of it yet.
    return onConnected(() => {
      setAttempt(attempt + 1);
    });
  }, [isMissing, id, attempt]);
  if (found) return found;
  if (!isLoaded) return 'loading';
  return id === null ? 'none' : (absent.get(id) ?? 'loading');
}

/** A new source is shown, unless the job on the stage still runs. */
newSource.subscribe(() => {
  const onStage = jobs.get().list.find(({ id }) => id === route.get().job);
  if (!onStage || hasEnded(onStage)) go({ view: 'make', job: null, picture: null });
});

/** Where the address names no job, shows the one that runs, else the newest. */
export function beginWithAJob(): void {
  const { list } = jobs.get();
  const first = list.findLast((job) => !hasEnded(job)) ?? list[0];
  if (route.get().job === null && first) go({ job: first.id }, { replace: true });
}
