import { useEffect, useState, type CSSProperties } from 'react';
import { pictureAddress } from '../api/addresses.ts';
import type { Job } from '../jobs/jobs.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { sourceAddress } from './addresses.ts';
import { fitOf } from './layers.tsx';
import { HeldSource } from './running.tsx';
import { isSourceHeld, view, zoomWish } from './view.ts';
import { useZoom } from './zoom.ts';

/** A finished picture: alone, beside its source or the source alone; enlarged down to its pixels. */
export function Finished({ job, index }: { readonly job: Job; readonly index: number }) {
  const texts = useTexts().stage;
  const chosen = useStore(view);
  const isHeld = useStore(isSourceHeld);
  const source = sourceAddress(job);
  const shown = source === null ? 'result' : isHeld ? 'source' : chosen;
  const [split, setSplit] = useState(0.5);
  const image = job.images[index]!;
  const { frame, zoom, style, by, fit } = useZoom(
    image.width,
    ({ target }) => !(target as Element).closest('button, input, .grip'),
  );
  const wish = useStore(zoomWish);
  useEffect(() => {
    if (wish) by(wish.factor);
    zoomWish.set(null);
  }, [wish, by]);
  const width = frame.current?.clientWidth ?? 1;
  const clip = Math.min(1, Math.max(0, (split * width - zoom.x) / zoom.scale / width));
  const objectFit = fitOf(job.input.resizeMode);
  return (
    <div
      ref={frame}
      className={`finished ${zoom.scale > 1 ? 'zoomed' : ''}`}
      onPointerDown={(event) => {
        if (shown !== 'compare' || zoom.scale > 1 || (event.target as Element).closest('button')) return;
        setSplit(partAt(event.currentTarget, event.clientX));
      }}
    >
      <div className="layers" style={style}>
        {source !== null && shown !== 'result' && (
          <img className="layer" src={source} style={{ objectFit }} alt={texts.altSource} draggable={false} />
        )}
        {shown !== 'source' && (
          <img
            className="layer result"
            src={pictureAddress(image.sha256)}
            width={image.width}
            height={image.height}
            alt={texts.altResult(job.input.prompt)}
            draggable={false}
            style={shown === 'compare' ? { clipPath: `inset(0 0 0 ${clip * 100}%)` } : undefined}
          />
        )}
      </div>
      {shown === 'compare' && <Split split={split} onChange={setSplit} frame={frame} />}
      {shown === 'result' && <HeldSource job={job} />}
      {zoom.scale > 1 && (
        <button type="button" className="tag tag-right-low" onClick={fit}>
          <Icon name="close" size={12} /> {texts.fit} ({Math.round(zoom.scale * 100)} %)
        </button>
      )}
    </div>
  );
}

/** The line between before and after, with its grip and the slider that keys move. */
function Split({
  split,
  onChange,
  frame,
}: {
  readonly split: number;
  readonly onChange: (split: number) => void;
  readonly frame: { readonly current: HTMLElement | null };
}) {
  const texts = useTexts().stage;
  return (
    <>
      <span className="tag tag-left">{texts.before}</span>
      <span className="tag tag-right">{texts.after}</span>
      <div
        className="split"
        style={{ '--split': `${split * 100}%` } as CSSProperties}
        onPointerDown={(event) => {
          event.stopPropagation();
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          if (!event.currentTarget.hasPointerCapture(event.pointerId) || !frame.current) return;
          onChange(partAt(frame.current, event.clientX));
        }}
      >
        <input
          type="range"
          className="split-range"
          min={0}
          max={100}
          value={Math.round(split * 100)}
          aria-label={texts.compare}
          aria-valuetext={`${Math.round(split * 100)} %`}
          onKeyDown={(event) => {
            const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
            if (!event.shiftKey || way === undefined) return;
            event.preventDefault();
            onChange(Math.min(1, Math.max(0, split + way * 0.1)));
          }}
          onChange={({ target }) => {
            onChange(Number(target.value) / 100);
          }}
        />
        <span className="grip">
          <Icon name="pair" size={20} />
        </span>
      </div>
    </>
  );
}

const partAt = (frame: HTMLElement, x: number): number => {
  const { left, width } = frame.getBoundingClientRect();
  return Math.min(1, Math.max(0, (x - left) / width));
};
