import type { JobErrorCode } from '../api/generated/graphql.ts';
import { deleteLater, retry } from '../jobs/actions.ts';
import type { Job } from '../jobs/jobs.ts';
import { openModelPicker } from '../panel/model-dialog.ts';
import { go } from '../state/route.ts';
import { useTexts } from '../texts/index.ts';
import { copied, JobMenu, restored } from './job-menu.tsx';

/** What a user can do about a failure besides trying again. */
type Remedy = 'otherModel' | 'changeSettings' | 'addAgain' | 'showDevices' | 'copyReport';

const REMEDIES: Readonly<Record<JobErrorCode, Remedy | null>> = {
  CHECKPOINT_INVALID: 'otherModel',
  TOO_LARGE: 'changeSettings',
  UNSUPPORTED: 'changeSettings',
  DIVERGED: 'changeSettings',
  DEVICE_FAILED: 'showDevices',
  SOURCE_LOST: 'addAgain',
  STORAGE_FAILED: null,
  INTERRUPTED: null,
  INTERNAL: 'copyReport',
  OTHER: 'copyReport',
};

/** Remedies without which the job would fail again. */
const NEEDED: ReadonlySet<Remedy | null> = new Set(['otherModel', 'changeSettings', 'addAgain'] as const);

/** The report of a failed job, for the operator of the server. */
const reportOf = ({ id, error, input }: Job): string => JSON.stringify({ id, error, input }, null, 2);

/** Actions of a failed or canceled job: what helps comes first. */
export function EndedActions({ job }: { readonly job: Job }) {
  const words = useTexts().dock;
  const { error } = job;
  const remedy = error ? REMEDIES[error.code] : null;
  const isNeeded = NEEDED.has(remedy);
  const again = async () => {
    const next = await retry(job.id);
    if (next) go({ job: next.id, picture: null });
  };
  const copyReport = () => void copied(reportOf(job), words);
  const act = async () => {
    if (remedy === 'copyReport') copyReport();
    else if (remedy === 'showDevices') go({ view: 'queue' });
    else await changed(job, remedy);
  };
  const tryAgain = (
    <button type="button" className={isNeeded ? 'button' : 'button strong'} onClick={() => void again()}>
      {error ? words.tryAgain : words.makeAgain}
    </button>
  );
  return (
    <div className="dock-buttons">
      {!isNeeded && tryAgain}
      {remedy && (
        <button type="button" className={isNeeded ? 'button strong' : 'button'} onClick={() => void act()}>
          {words[remedy]}
        </button>
      )}
      {isNeeded && tryAgain}
      <button
        type="button"
        className="button"
        onClick={() => {
          deleteLater(job);
          go({ job: null, picture: null });
        }}
      >
        {words.remove}
      </button>
      <JobMenu
        job={job}
        picture={null}
        after={
          error &&
          remedy !== 'copyReport' && (
            <button type="button" onClick={copyReport}>
              {words.copyReport}
            </button>
          )
        }
      />
    </div>
  );
}

/** Takes the settings of a job into the form and opens what must change. */
async function changed(job: Job, remedy: Remedy | null): Promise<void> {
  await restored(job);
  if (remedy === 'otherModel') openModelPicker();
  else if (remedy === 'addAgain') document.getElementById('source')?.click();
  else document.querySelector('.panel')?.scrollIntoView({ block: 'start' });
}
