import { useState } from 'react';
import { useSourceAddress } from '../api/source-address.ts';
import { sourceStyle } from '../jobs/job-size.ts';
import type { Job } from '../jobs/jobs.ts';
import { hasEnded } from '../jobs/merge-jobs.ts';
import { usePreviews, useProgress } from '../jobs/previews.ts';
import { promptWords } from '../jobs/prompt-words.ts';
import { useTexts } from '../texts/index.ts';
import { dockWords } from './dock-words.ts';
import { columnsFor } from './frame-size.ts';
import { Layers } from './layers.tsx';
import { useWidth } from './use-width.ts';

/** Longest side of a preview, alone and in a batch; the page enlarges it. */
const PREVIEW_SIZE = { alone: 512, oneOfMany: 256 };

/** A waiting or running job, or the last preview of one that failed or was canceled. */
export function Running({ job }: { readonly job: Job }) {
  const texts = useTexts();
  const isUnderWay = !hasEnded(job);
  const count = job.input.batchSize;
  const columns = columnsFor(count);
  const size = count > 1 ? PREVIEW_SIZE.oneOfMany : PREVIEW_SIZE.alone;
  useProgress(isUnderWay ? job.id : undefined, size, 'all');
  const previews = usePreviews(job.id);
  const { element, width } = useWidth<HTMLDivElement>();
  const { progress } = dockWords(job, texts);
  return (
    <div ref={element} className={`live ${isUnderWay ? '' : 'ended'}`}>
      <div className="live-pictures" style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}>
        {Array.from({ length: count }, (_, i) => (
          <div key={i} className="live-picture">
            <Layers
              job={job}
              preview={previews[i]}
              alt={texts.stage.altPreview(previews[i]?.step ?? 0, promptWords(job, texts))}
              frameWidth={width / columns}
            />
          </div>
        ))}
      </div>
      {isUnderWay && previews.length > 0 && (
        <span className="tag tag-left live-tag">
          <span className="dot" /> {texts.stage.live}
        </span>
      )}
      <HeldSource job={job} />
      {isUnderWay && <Bar job={job} progress={progress} />}
    </div>
  );
}

function Bar({ job, progress }: { readonly job: Job; readonly progress: number | null }) {
  const texts = useTexts();
  const { title, note } = dockWords(job, texts);
  const value = progress === null ? {} : { 'aria-valuenow': Math.round(progress * 100) };
  return (
    <div
      className={`bar ${progress === null ? 'bar-unknown' : ''}`}
      role="progressbar"
      aria-label={texts.stage.progress}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={note === null ? title : `${title}, ${note}`}
      {...value}
    >
      <span style={{ transform: `scaleX(${progress ?? 1})` }} />
    </div>
  );
}

/** The source as a thumbnail in the corner; it fills the frame while held. */
export function HeldSource({ job }: { readonly job: Job }) {
  const texts = useTexts().stage;
  const [isHeld, setHeld] = useState(false);
  const address = useSourceAddress(job.input.source?.sha256);
  if (address === null) return null;
  const hold = () => {
    setHeld(true);
  };
  const release = () => {
    setHeld(false);
  };
  return (
    <>
      {isHeld && <img className="layer held" src={address} style={sourceStyle(job)} alt={texts.altSource} />}
      <button
        type="button"
        className="source-corner"
        aria-label={`${texts.source}: ${texts.holdSource}`}
        aria-pressed={isHeld}
        title={texts.holdSource}
        onPointerDown={hold}
        onPointerUp={release}
        onPointerLeave={release}
        onPointerCancel={release}
        onBlur={release}
        onKeyDown={({ key }) => {
          if (key === ' ' || key === 'Enter') hold();
        }}
        onKeyUp={release}
        onContextMenu={(event) => {
          event.preventDefault();
        }}
      >
        <img src={address} width="84" height="84" alt="" draggable={false} />
        <span aria-hidden="true">{texts.source}</span>
      </button>
    </>
  );
}
