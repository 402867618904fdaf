import { Suspense, useEffect } from 'react';
import { extended, FITTED, placeOfSource } from '../jobs/job-size.ts';
import type { Job } from '../jobs/jobs.ts';
import { chosenModel } from '../panel/choose-model.ts';
import { extendIn } from '../panel/request-parts.ts';
import { sizeOf } from '../panel/size.ts';
import { sending } from '../panel/submit.ts';
import { form } from '../state/form.ts';
import { models } from '../state/resources.ts';
import { go, route } from '../state/route.ts';
import { source } from '../state/source.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { lazyPart } from '../ui/lazy-part.ts';
import { DropZone } from './drop-zone.tsx';
import { shownOf } from './frame-size.ts';
import { Placed } from './frame.tsx';
import { MaskTint } from './mask-tint.tsx';
import { useStageJob } from './stage-job.ts';

const loadJobOnStage = () => import('./job-on-stage.tsx');
const JobOnStage = lazyPart(loadJobOnStage);

/** The stage: the chosen job's picture, or the drop zone. */
export function Stage() {
  const texts = useTexts();
  const onStage = useStageJob();
  return (
    <main className="stage" aria-label={texts.landmarks.picture} id="stage">
      <h1 className="unseen">{texts.nav.make}</h1>
      {typeof onStage === 'object' ? (
        <Suspense fallback={<EmptyFrame job={onStage} />}>
          <JobOnStage key={onStage.id} job={onStage} />
        </Suspense>
      ) : (
        <WithoutJob state={onStage} />
      )}
    </main>
  );
}

/** The frame of a job, while the code that draws it comes. */
function EmptyFrame({ job }: { readonly job: Job }) {
  const { picture } = useStore(route);
  const { width, height } = shownOf(job, picture);
  return (
    <Placed width={width} height={height} dock={null}>
      {null}
    </Placed>
  );
}

function WithoutJob({ state }: { readonly state: 'none' | 'loading' | 'gone' | 'unknown' }) {
  const texts = useTexts();
  const present = useStore(form);
  const from = useStore(source);
  const known = useStore(models);
  const isSending = useStore(sending).underWay > 0;
  useEffect(() => {
    if (isSending) void loadJobOnStage().catch(() => undefined); // while the server answers; asked for again where it failed
  }, [isSending]);
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
  const size = sizeOf(present, chosenModel(present.model, known ?? []), from);
  const extend = extendIn(present);
  const whole = extended(size, extend);
  const dock = (
    <div className="dock-line">
      <p className="state">{texts.empty.sourceShown}</p>
      {known && <p className="note dock-note">{texts.size.pixels(whole.width, whole.height)}</p>}
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
