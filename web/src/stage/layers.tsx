import { useEffect, useRef, type CSSProperties } from 'react';
import { useSourceAddress } from '../api/source-address.ts';
import { expectedSize, sourceStyle } from '../jobs/job-size.ts';
import type { Job } from '../jobs/jobs.ts';
import { opacityOf } from '../jobs/preview-opacity.ts';
import type { Preview } from '../jobs/previews.ts';
import { useTexts } from '../texts/index.ts';

/** Pixels of the result per preview pixel, and the largest blur. */
const CELL = 8;
const MOST_BLUR = 4;

/** Fade-in time in milliseconds; a preview that comes sooner after the last one appears at once. */
const FADE = 160;

/** The source with the previews over it. Each preview is decoded on the hidden layer, then faded in. */
export function Layers({
  job,
  preview,
  alt,
  frameWidth,
}: {
  readonly job: Job;
  readonly preview: Preview | undefined;
  readonly alt: string;
  readonly frameWidth: number;
}) {
  const [back, front] = [useRef<HTMLImageElement>(null), useRef<HTMLImageElement>(null)];
  const shown = useRef<'back' | 'front'>('back');
  const latest = useRef<Preview>(undefined);
  const shownAt = useRef(-Infinity);
  const { input, totalSteps } = job;
  const { notLoaded } = useTexts().stage;
  const source = useSourceAddress(input.source?.sha256);
  useEffect(() => {
    latest.current = preview;
    if (!preview) return;
    const next = shown.current === 'back' ? 'front' : 'back';
    const [image, other] =
      next === 'front' ? [front.current!, back.current!] : [back.current!, front.current!];
    image.style.transition = 'none';
    image.style.opacity = '0';
    image.src = preview.dataUri;
    image.decode().then(
      () => {
        if (latest.current !== preview) return; // a newer one has replaced it
        const isSoon = performance.now() - shownAt.current < FADE;
        shownAt.current = performance.now();
        // The one below stays opaque, so that the source does not shine through during the fade.
        other.style.transition = 'none';
        other.style.zIndex = '0';
        other.alt = '';
        image.style.zIndex = '1';
        image.style.transition = isSoon ? 'none' : '';
        image.style.opacity = String(opacityOf(preview.step, totalSteps));
        image.alt = alt;
        shown.current = next;
      },
      () => undefined, // the next one replaces it
    );
  }, [preview, totalSteps, alt, front, back]);
  const cellOnScreen = (frameWidth / expectedSize(job).width) * CELL;
  const style = { '--blur': `${Math.min(MOST_BLUR, 0.1 * cellOnScreen)}px` } as CSSProperties;
  return (
    <div className="layers" style={style}>
      {source !== null && input.mask?.area !== 'MASKED' && (
        <img className="layer" src={source} style={sourceStyle(job)} alt="" />
      )}
      <p className="not-loaded">{notLoaded}</p>
      <img ref={back} className="layer preview" alt="" style={{ opacity: 0 }} />
      <img ref={front} className="layer preview" alt="" style={{ opacity: 0 }} />
    </div>
  );
}
