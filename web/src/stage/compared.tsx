import { useEffect, useState, type CSSProperties } from 'react';
import { useTexts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { useZoom } from './use-zoom.ts';
import { onZoomStage } from './view.ts';

/** One of two pictures in a frame. */
export interface Side {
  readonly address: string;
  readonly alt: string;
  readonly tag: string;
  /** How it is fitted, and its position if it does not fill the frame. */
  readonly style: CSSProperties;
}

/** One picture, or two with a split line; both zoom and pan together. */
export function Compared({
  below,
  above,
  shown,
  pictureWidth,
}: {
  readonly below: Side | null;
  readonly above: Side;
  readonly shown: 'above' | 'below' | 'both';
  /** Pixels across the upper picture. */
  readonly pictureWidth: number;
}) {
  const texts = useTexts().stage;
  const [split, setSplit] = useState(0.5);
  const { frame, width, zoom, style, by, handlers } = useZoom(pictureWidth);
  useEffect(() => onZoomStage(by), [by]);
  const left = width === 0 ? 0 : zoom.x / width;
  const clip = Math.min(1, Math.max(0, (split - left) / zoom.scale));
  return (
    <div
      ref={frame}
      className={`finished ${zoom.scale > 1 ? 'zoomed' : ''}`}
      {...handlers}
      onPointerDown={(event) => {
        if ((event.target as Element).closest('button')) return;
        handlers.onPointerDown(event);
        if (shown === 'both' && zoom.scale === 1) setSplit(partAt(event.currentTarget, event.clientX));
      }}
    >
      <div className="layers" style={style}>
        {below && shown !== 'above' && (
          <img className="layer" src={below.address} style={below.style} alt={below.alt} draggable={false} />
        )}
        {shown !== 'below' && (
          <img
            className="layer result"
            src={above.address}
            alt={above.alt}
            draggable={false}
            style={{
              ...above.style,
              ...(shown === 'both' && { clipPath: `inset(0 0 0 ${clip * 100}%)` }),
            }}
          />
        )}
        <p className="not-loaded">{texts.notLoaded}</p>
      </div>
      {below && shown === 'both' && (
        <Split split={split} tags={[below.tag, above.tag]} onChange={setSplit} frame={frame} />
      )}
      {zoom.scale > 1 && (
        <button
          type="button"
          className="tag tag-right-low"
          onClick={() => {
            by(0);
          }}
        >
          <Icon name="close" size={12} /> {texts.fit} ({Math.round(zoom.scale * 100)} %)
        </button>
      )}
    </div>
  );
}

/** The split line with its grip; the range input makes it work by keyboard. */
function Split({
  split,
  tags,
  onChange,
  frame,
}: {
  readonly split: number;
  readonly tags: readonly [string, string];
  readonly onChange: (split: number) => void;
  readonly frame: { readonly current: HTMLElement | null };
}) {
  const texts = useTexts().stage;
  return (
    <>
      <span className="tag tag-left">{tags[0]}</span>
      <span className="tag tag-right">{tags[1]}</span>
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
