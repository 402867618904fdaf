import { thumbnailAddress } from '../api/picture-address.ts';
import { useSourceAddress } from '../api/source-address.ts';
import type { Job, TileJob } from '../jobs/jobs.ts';
import { smallPicture } from '../jobs/preview-opacity.ts';
import { usePreview, useProgress } from '../jobs/previews.ts';
import { promptWords } from '../jobs/prompt-words.ts';
import { useTexts, type Texts } from '../texts/index.ts';

/** Longest side of a tile's preview. */
const PREVIEW_SIZE = 128;

/** A job as a small picture with its state. */
export function Tile({
  job,
  isChosen,
  isEntry,
  place,
  isFollowed,
  onShow,
}: {
  readonly job: Job;
  readonly isChosen: boolean;
  readonly isEntry: boolean;
  /** Place among the caller's waiting jobs, from 0. */
  readonly place: number;
  /** Whether the tile subscribes to previews; the stage does so for its own job. */
  readonly isFollowed: boolean;
  readonly onShow: () => void;
}) {
  const texts = useTexts();
  useProgress(isFollowed ? job.id : undefined, PREVIEW_SIZE, 'first');
  const preview = usePreview(job.id);
  const [first] = job.images;
  const source = useSourceAddress(first ? undefined : job.input.source?.sha256);
  const address = first ? thumbnailAddress(first.sha256, 256) : smallPicture(job, preview, source);
  const words = wordsOf(job, place, texts);
  const isFaint = job.status !== 'SUCCEEDED' && job.status !== 'RUNNING';
  const prompt = promptWords(job, texts);
  return (
    <button
      type="button"
      className={`tile ${isFaint ? 'tile-faint' : ''}`}
      data-job={job.id}
      data-status={job.status}
      aria-current={isChosen}
      aria-label={texts.strip.tile(words ?? texts.strip.done, prompt, job.images.length)}
      title={prompt}
      tabIndex={isEntry ? 0 : -1}
      onClick={onShow}
    >
      {address === null ? (
        <span className="tile-blank" />
      ) : (
        <img src={address} width="88" height="88" alt="" loading="lazy" decoding="async" />
      )}
      {words !== null && (
        <span className="tile-words" aria-hidden="true">
          {words}
        </span>
      )}
      {job.images.length > 1 && (
        <span className="tile-count" aria-hidden="true">
          {job.images.length}
        </span>
      )}
      {job.status === 'RUNNING' && (
        <span className="tile-bar">
          <span style={{ transform: `scaleX(${job.totalSteps > 0 ? job.step / job.totalSteps : 0})` }} />
        </span>
      )}
    </button>
  );
}

/** The state of a job in a word or two; null of one that is done. */
export function wordsOf(job: TileJob, place: number, { strip: words }: Texts): string | null {
  switch (job.status) {
    case 'QUEUED':
      return place <= 0 ? words.next : words.place(place + 1);
    case 'RUNNING':
      return job.step === 0 && job.stage !== 'SAMPLING'
        ? words.starting
        : words.progress(job.step, job.totalSteps);
    case 'FAILED':
      return words.failed;
    case 'CANCELED':
      return words.canceled;
    case 'SUCCEEDED':
      return null;
  }
}
