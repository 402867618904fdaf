import type { ReactNode } from 'react';
import type { Job } from '../jobs/jobs.ts';
import { route } from '../state/route.ts';
import { useStore } from '../state/store.ts';
import { Batch } from './batch.tsx';
import { Dock } from './dock.tsx';
import { Finished } from './finished.tsx';
import { shownOf } from './frame-size.ts';
import { Placed } from './frame.tsx';
import { Running } from './running.tsx';

/** A job's picture as it is now, with its state and actions below. */
export default function JobOnStage({ job }: { readonly job: Job }) {
  const { picture } = useStore(route);
  const { isBatch, isDone, index, width, height } = shownOf(job, picture);
  let shown: ReactNode = <Running job={job} />;
  if (isDone && isBatch) shown = <Batch job={job} />;
  else if (isDone) shown = <Finished job={job} index={index} />;
  return (
    <Placed width={width} height={height} dock={<Dock job={job} index={isBatch ? null : index} />}>
      {shown}
    </Placed>
  );
}
