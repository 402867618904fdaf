import { useCallback, useEffect, useRef, useState, type MouseEvent, type PointerEvent } from 'react';
import { useWidth } from './use-width.ts';
import { FIT, moved, showsPixels, toggled, zoomedAt } from './zoom.ts';

/** A position in the window. */
interface Place {
  readonly clientX: number;
  readonly clientY: number;
}

/** Wheel pixels per factor of e. */
const WHEEL_PIXELS = 400;

const pointIn = ({ left, top }: DOMRect, { clientX, clientY }: Place) => ({
  x: clientX - left,
  y: clientY - top,
});

const distance = (a: Place, b: Place): number => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);

/** Zoom and pan by wheel, pinch, drag and double press. */
export function useZoom(pictureWidth: number) {
  const { element: frame, width } = useWidth<HTMLDivElement>();
  const [zoom, setZoom] = useState(FIT);
  const pressed = useRef(new Map<number, Place>());

  /** Zooms by a factor around a position, by default the centre; 0 fits the picture. */
  const by = useCallback(
    (factor: number, at?: Place) => {
      if (!frame.current) return;
      const box = frame.current.getBoundingClientRect();
      const point = at ? pointIn(box, at) : { x: box.width / 2, y: box.height / 2 };
      setZoom((now) => zoomedAt(now, factor, point, box, pictureWidth));
    },
    [frame, pictureWidth],
  );

  useEffect(() => {
    const element = frame.current;
    // React's wheel listener is passive: it cannot keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      by(Math.exp(-event.deltaY / WHEEL_PIXELS), event);
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      element?.removeEventListener('wheel', onWheel);
    };
  }, [frame, by]);

  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const before = pressed.current.get(event.pointerId);
    if (!before) return;
    const { clientX, clientY } = event;
    pressed.current.set(event.pointerId, { clientX, clientY });
    const other = [...pressed.current].find(([id]) => id !== event.pointerId)?.[1];
    if (other) by(distance(event, other) / Math.max(1, distance(before, other)), other);
    else {
      const step = { x: clientX - before.clientX, y: clientY - before.clientY };
      const box = event.currentTarget.getBoundingClientRect();
      setZoom((now) => moved(now, step, box));
    }
  };
  const release = ({ pointerId }: PointerEvent<HTMLElement>) => {
    pressed.current.delete(pointerId);
  };
  const { scale, x, y } = zoom;
  return {
    frame,
    /** The frame's width on screen; 0 until it is known. */
    width,
    zoom,
    by,
    /** Event handlers for the frame. */
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        const { clientX, clientY, pointerId } = event;
        event.currentTarget.setPointerCapture(pointerId);
        pressed.current.set(pointerId, { clientX, clientY });
      },
      onPointerMove,
      onPointerUp: release,
      onPointerCancel: release,
      onDoubleClick: (event: MouseEvent<HTMLElement>) => {
        const box = event.currentTarget.getBoundingClientRect();
        setZoom((now) => toggled(now, pointIn(box, event), box, pictureWidth));
      },
    },
    style: {
      transform: `translate(${x}px, ${y}px) scale(${scale})`,
      ...(showsPixels(zoom, pictureWidth, width) && { imageRendering: 'pixelated' as const }),
    },
  };
}
