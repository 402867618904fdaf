import { thumbnailAddress } from '../api/picture-address.ts';
import { cancel, resumeQueue } from '../jobs/actions.ts';
import { imageAt, type Job } from '../jobs/jobs.ts';
import { hasEnded } from '../jobs/merge-jobs.ts';
import { usePreviews } from '../jobs/previews.ts';
import { go } from '../state/route.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { RadioRow } from '../ui/radio-row.tsx';
import { DoneActions } from './dock-actions.tsx';
import { dockWords, failureOf } from './dock-words.ts';
import { EndedActions } from './ended-actions.tsx';
import { JobMenu } from './job-menu.tsx';
import { view, VIEWS } from './view.ts';

/** Below the picture: the job's state and the actions it allows. */
export function Dock({ job, index }: { readonly job: Job; readonly index: number | null }) {
  const texts = useTexts();
  const { title, note } = dockWords(job, texts);
  const isDone = job.status === 'SUCCEEDED' && job.images.length > 0;
  const isFailed = job.status === 'FAILED';
  const warnings = isDone ? warningsOf(job) : [];
  return (
    <>
      <div className="dock-line">
        <div className="dock-words" role={isFailed ? 'alert' : undefined}>
          <p className="state">{title}</p>
          {note !== null && <p className="note dock-note">{note}</p>}
          {isFailed && <p className="note dock-note">{failureOf(job, texts).remedy}</p>}
        </div>
        {!hasEnded(job) && <Cancel job={job} />}
        {isDone && job.input.source && <ViewChoice isOff={index === null} />}
      </div>
      {warnings.length > 0 && (
        <p className="note good-to-know">{texts.dock.goodToKnow(warnings.join(' '))}</p>
      )}
      <div className="dock-line">
        {job.input.batchSize > 1 && <Tiles job={job} index={index} />}
        {isDone && <DoneActions job={job} index={index ?? job.images[0]!.index} />}
        {(isFailed || job.status === 'CANCELED') && <EndedActions job={job} />}
      </div>
    </>
  );
}

/** Users who leave the source out know that it is text to image. */
const warningsOf = ({ warnings }: Job): readonly string[] =>
  warnings.filter(({ code }) => code !== 'TEXT_TO_IMAGE').map(({ message }) => message);

function Cancel({ job }: { readonly job: Job }) {
  const texts = useTexts().dock;
  return (
    <div className="dock-buttons">
      {job.waitReason === 'PAUSED' && (
        <button type="button" className="button" onClick={() => void resumeQueue()}>
          {texts.goOn}
        </button>
      )}
      <button type="button" className="button cancel" onClick={() => void cancel(job.id)}>
        <span className="stop" aria-hidden="true" /> {texts.cancel}
      </button>
      <JobMenu job={job} picture={null} />
    </div>
  );
}

function ViewChoice({ isOff }: { readonly isOff: boolean }) {
  const texts = useTexts().dock;
  const chosen = useStore(view);
  return (
    <RadioRow
      name="view"
      label={texts.view}
      className="segments"
      value={chosen}
      onChange={(next) => {
        view.set(next);
      }}
      choices={VIEWS.map((value) => ({ value, face: texts.views[value], isDisabled: isOff }))}
    />
  );
}

/** The pictures of a batch; numbers stand for those that are not finished. */
function Tiles({ job, index }: { readonly job: Job; readonly index: number | null }) {
  const texts = useTexts().dock;
  const previews = usePreviews(job.id);
  const numbers = Array.from({ length: job.input.batchSize }, (_, i) => i);
  const isDone = job.images.length > 0;
  return (
    <div className="tiles" role="group" aria-label={texts.pictures}>
      {isDone && (
        <button
          type="button"
          className="tile-small"
          aria-pressed={index === null}
          aria-label={texts.all}
          title={texts.all}
          onClick={() => {
            go({ picture: null });
          }}
        >
          <Icon name="grid" />
        </button>
      )}
      {numbers.map((i) => {
        const image = imageAt(job, i);
        const address = image ? thumbnailAddress(image.sha256, 128) : previews[i]?.dataUri;
        return (
          <button
            key={i}
            type="button"
            className={`tile-small ${address === undefined ? 'tile-open' : ''}`}
            aria-pressed={index === i}
            aria-label={texts.picture(i + 1)}
            disabled={!image}
            onClick={() => {
              go({ picture: i });
            }}
          >
            {address === undefined ? i + 1 : <img src={address} width="44" height="44" alt="" />}
          </button>
        );
      })}
    </div>
  );
}
