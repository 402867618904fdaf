import { useState } from 'react';
import { useSourceAddress } from '../api/source-address.ts';
import { hasEnded, type Job } from '../jobs/jobs.ts';
import { usePreview, useProgress } from '../jobs/previews.ts';
import { useTexts } from '../texts/index.ts';
import { dockWords } from './dock-words.ts';
import { fitOf, Layers } from './layers.tsx';
import { useWidth } from './use-width.ts';

/** Longest side of the stage's preview; it is enlarged on the page. */
const PREVIEW_SIZE = 512;

/** A job that waits or runs, or what it had come to when it failed or was canceled. */
export function Running({ job }: { readonly job: Job }) {
  const texts = useTexts();
  const isUnderWay = !hasEnded(job);
  useProgress(isUnderWay ? job.id : undefined, PREVIEW_SIZE);
  const preview = usePreview(job.id);
  const { element, width } = useWidth<HTMLDivElement>();
  const { progress } = dockWords(job, texts);
  const alt = texts.stage.altPreview(preview?.step ?? 0, job.input.prompt);
  return (
    <div ref={element} className={`live ${isUnderWay ? '' : 'ended'}`}>
      <Layers job={job} preview={preview} alt={alt} frameWidth={width} />
      {isUnderWay && preview && (
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

/** A small source in the corner; for as long as it is held, it fills the frame. */
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
  const objectFit = fitOf(job.input.resizeMode);
  return (
    <>
      {isHeld && <img className="layer held" src={address} style={{ objectFit }} alt={texts.altSource} />}
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
