import { useCallback, useEffect, useRef, useState } from 'react';
import type { Size } from '../panel/size.ts';
import { paintedShare, perform, replay, type Act, type Point, type Stroke } from './acts.ts';
import { readMask } from './mask-file.ts';

/** A mask on a canvas with undo. `first` is the existing mask. */
export function usePainting({ width, height }: Size, first: Blob | undefined) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const base = useRef<CanvasImageSource>(null);
  const acts = useRef<readonly Act[]>([]);
  const stroke = useRef<Stroke>(null);
  const [state, setState] = useState({ count: 0, share: 0 });
  const context = useCallback(
    () => canvas.current!.getContext('2d', { willReadFrequently: true })!,
    [canvas],
  );
  const note = useCallback(() => {
    setState({ count: acts.current.length, share: paintedShare(context()) });
  }, [context]);

  useEffect(() => {
    if (!first) return;
    void readMask(first, { width, height }).then((image) => {
      base.current = image;
      replay(image, acts.current, context());
      note();
    });
  }, [first, width, height, context, note]);

  const act = (next: Act) => {
    perform(next, context());
    acts.current = [...acts.current, next];
    note();
  };
  return {
    canvas,
    context,
    /** Number of actions that can be undone. */
    count: state.count,
    /** The painted part of the picture, 0 to 1. */
    share: state.share,
    act,
    begin: (tool: Stroke['tool'], diameter: number, at: Point) => {
      stroke.current = { tool, diameter, points: [at] };
      perform(stroke.current, context());
    },
    /** Continues the current stroke, if there is one. */
    goOn: (to: Point) => {
      const under = stroke.current;
      if (!under) return;
      perform({ ...under, points: [under.points.at(-1)!, to] }, context());
      stroke.current = { ...under, points: [...under.points, to] };
    },
    end: () => {
      if (!stroke.current) return;
      acts.current = [...acts.current, stroke.current];
      stroke.current = null;
      note();
    },
    undo: () => {
      acts.current = acts.current.slice(0, -1);
      replay(base.current, acts.current, context());
      note();
    },
  };
}
