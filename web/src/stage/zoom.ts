import { useCallback, useEffect, useRef, useState } from 'react';

/** How a picture is enlarged: by `scale` around its left upper corner, moved by `x` and `y` screen pixels. */
export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export const FIT: Zoom = { scale: 1, x: 0, y: 0 };

/** Screen pixels for each pixel of the picture, at most, and those from which each pixel is seen. */
const MOST_PIXELS = 8;
const SEEN_PIXELS = 2;

interface Box {
  readonly width: number;
  readonly height: number;
}

/** The same zoom with no edge of the picture inside its frame. */
export function within({ scale, x, y }: Zoom, { width, height }: Box): Zoom {
  if (scale <= 1) return FIT;
  return {
    scale,
    x: Math.min(0, Math.max(width * (1 - scale), x)),
    y: Math.min(0, Math.max(height * (1 - scale), y)),
  };
}

/** Enlarges by a factor around a point of the frame. */
export function zoomedAt(
  zoom: Zoom,
  factor: number,
  point: { x: number; y: number },
  box: Box,
  most: number,
): Zoom {
  const scale = Math.min(most, Math.max(1, zoom.scale * factor));
  const grown = scale / zoom.scale;
  const x = point.x - (point.x - zoom.x) * grown;
  const y = point.y - (point.y - zoom.y) * grown;
  return within({ scale, x, y }, box);
}

/** Zoom and pan of a picture in a frame, by wheel, pinch, drag and double press. */
export function useZoom(pictureWidth: number, canDrag: (event: PointerEvent) => boolean) {
  const frame = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(FIT);
  const box = (): DOMRect => frame.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
  const most = useCallback(() => Math.max(4, (MOST_PIXELS * pictureWidth) / box().width), [pictureWidth]);
  /** Enlarges by a factor, around a point or the middle; 0 shows all of it. */
  const by = useCallback(
    (factor: number, at?: { clientX: number; clientY: number }) => {
      const { left, top, width, height } = box();
      const point = at ? { x: at.clientX - left, y: at.clientY - top } : { x: width / 2, y: height / 2 };
      setZoom((now) => zoomedAt(now, factor, point, { width, height }, most()));
    },
    [most],
  );
  const drag = useRef(canDrag);
  useEffect(() => {
    drag.current = canDrag;
  });
  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const pressed = new Map<number, PointerEvent>();
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      by(Math.exp(-event.deltaY / 400), event);
    };
    const onDown = (event: PointerEvent) => {
      if (drag.current(event)) pressed.set(event.pointerId, event);
    };
    const onMove = (event: PointerEvent) => {
      const before = pressed.get(event.pointerId);
      if (!before) return;
      const [other] = [...pressed.values()].filter(({ pointerId }) => pointerId !== event.pointerId);
      pressed.set(event.pointerId, event);
      if (other) {
        const distance = (a: PointerEvent) =>
          Math.hypot(a.clientX - other.clientX, a.clientY - other.clientY);
        by(distance(event) / Math.max(1, distance(before)), other);
      } else {
        const { width, height } = box();
        const [dx, dy] = [event.clientX - before.clientX, event.clientY - before.clientY];
        setZoom((now) => within({ ...now, x: now.x + dx, y: now.y + dy }, { width, height }));
      }
    };
    const onUp = (event: PointerEvent) => pressed.delete(event.pointerId);
    const onDouble = (event: MouseEvent) => {
      const oneToOne = pictureWidth / box().width;
      setZoom((now) => (now.scale > 1 ? FIT : now));
      if (zoomNow.current.scale === 1) by(oneToOne > 1.2 ? oneToOne : 2, event);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    element.addEventListener('pointerdown', onDown);
    element.addEventListener('dblclick', onDouble);
    addEventListener('pointermove', onMove);
    addEventListener('pointerup', onUp);
    addEventListener('pointercancel', onUp);
    return () => {
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('pointerdown', onDown);
      element.removeEventListener('dblclick', onDouble);
      removeEventListener('pointermove', onMove);
      removeEventListener('pointerup', onUp);
      removeEventListener('pointercancel', onUp);
    };
  }, [by, pictureWidth]);
  const zoomNow = useRef(zoom);
  useEffect(() => {
    zoomNow.current = zoom;
  });
  const isPixelated = zoom.scale > 1 && (box().width * zoom.scale) / pictureWidth >= SEEN_PIXELS;
  return {
    frame,
    zoom,
    by,
    fit: () => {
      setZoom(FIT);
    },
    style: {
      transform: `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})`,
      ...(isPixelated && { imageRendering: 'pixelated' as const }),
    },
  };
}
