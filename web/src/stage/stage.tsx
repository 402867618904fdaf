import type { ReactNode } from 'react';
import { expectedSize, extended, FITTED, placeOfSource } from '../jobs/job-size.ts';
import { imageAt, type Job } from '../jobs/jobs.ts';
import { chosenModel } from '../panel/choose-model.ts';
import { extendIn } from '../panel/request-parts.ts';
import { sizeOf } from '../panel/size.ts';
import { form } from '../state/form.ts';
import { models } from '../state/resources.ts';
import { go, route } from '../state/route.ts';
import { source } from '../state/source.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Batch, columnsFor } from './batch.tsx';
import { Dock } from './dock.tsx';
import { DropZone } from './drop-zone.tsx';
import { Finished } from './finished.tsx';
import { Placed } from './frame.tsx';
import { MaskTint } from './mask-tint.tsx';
import { Running } from './running.tsx';
import { useStageJob } from './stage-job.ts';

/** The stage: the chosen job's picture, or the drop zone. */
export function Stage() {
  const texts = useTexts();
  const onStage = useStageJob();
  return (
    <main className="stage" aria-label={texts.landmarks.picture} id="stage">
      <h1 className="unseen">{texts.nav.make}</h1>
      {typeof onStage === 'object' ? (
        <JobOnStage key={onStage.id} job={onStage} />
      ) : (
        <WithoutJob state={onStage} />
      )}
    </main>
  );
}

function JobOnStage({ job }: { readonly job: Job }) {
  const { picture } = useStore(route);
  const isDone = job.status === 'SUCCEEDED' && job.images.length > 0;
  const count = isDone ? job.images.length : job.input.batchSize;
  const isBatch = count > 1 && (picture === null || !isDone);
  const index = (imageAt(job, picture) ?? job.images[0])?.index ?? 0;
  const { width, height } = job.images[0] ?? expectedSize(job); // around a mask only a part is generated
  const columns = isBatch ? columnsFor(count) : 1;
  const rows = isBatch ? Math.ceil(count / columns) : 1;
  let shown: ReactNode = <Running job={job} />;
  if (isDone && isBatch) shown = <Batch job={job} />;
  else if (isDone) shown = <Finished job={job} index={index} />;
  return (
    <Placed
      width={width * columns}
      height={height * rows}
      dock={<Dock job={job} index={isBatch ? null : index} />}
    >
      {shown}
    </Placed>
  );
}

function WithoutJob({ state }: { readonly state: 'none' | 'loading' | 'gone' | 'unknown' }) {
  const texts = useTexts();
  const present = useStore(form);
  const from = useStore(source);
  const model = chosenModel(present.model, useStore(models) ?? []);
  if (state === 'loading') return null;
  if (state !== 'none') {
    return (
      <div className="absent">
        <p className="state">{state === 'gone' ? texts.dock.gone : texts.dock.unknown}</p>
        <button
          type="button"
          className="button"
          onClick={() => {
            go({ job: null });
          }}
        >
          {texts.nav.make}
        </button>
      </div>
    );
  }
  if (!from) return <DropZone />;
  const size = sizeOf(present, model, from);
  const extend = extendIn(present);
  const whole = extended(size, extend);
  const dock = (
    <div className="dock-line">
      <p className="state">{texts.empty.sourceShown}</p>
      <p className="note dock-note">{texts.size.pixels(whole.width, whole.height)}</p>
    </div>
  );
  return (
    <Placed {...whole} dock={dock}>
      <div className="layers">
        <img
          className="layer"
          src={from.address}
          style={{ objectFit: FITTED[present.resizeMode], ...placeOfSource(size, extend) }}
          alt={texts.source.alt(from.name)}
        />
        {from.mask && <MaskTint mask={from.mask} resizeMode={present.resizeMode} />}
      </div>
    </Placed>
  );
}
