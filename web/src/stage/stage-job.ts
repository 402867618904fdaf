import { useEffect, useState } from 'react';
import { onConnected, RequestError } from '../api/client.ts';
import { findJob, jobs, takeJobs, type Job } from '../jobs/jobs.ts';
import { hasEnded } from '../jobs/merge-jobs.ts';
import { go, route } from '../state/route.ts';
import { newSource } from '../state/source.ts';
import { useStore } from '../state/store.ts';

/** The job on the stage, or why there is none. */
export type OnStage = Job | 'none' | 'loading' | 'gone' | 'unknown';

/** The job in the URL, fetched if it is not among the latest. */
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
    // No answer: try again on reconnection.
    return onConnected(() => {
      setAttempt(attempt + 1);
    });
  }, [isMissing, id, attempt]);
  if (found) return found;
  if (!isLoaded) return 'loading';
  return id === null ? 'none' : (absent.get(id) ?? 'loading');
}

/** Shows a new source, unless the job on the stage is still running. */
newSource.subscribe(() => {
  const onStage = jobs.get().list.find(({ id }) => id === route.get().job);
  if (!onStage || hasEnded(onStage)) go({ view: 'make', job: null, picture: null });
});

/** Without a job in the URL, shows the running job, else the newest. */
export function beginWithAJob(): void {
  const { list } = jobs.get();
  const first = list.findLast((job) => !hasEnded(job)) ?? list[0];
  if (route.get().job === null && first) go({ job: first.id }, { replace: true });
}
