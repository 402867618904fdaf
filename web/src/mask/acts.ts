import type { Size } from '../panel/size.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A stroke of the brush or eraser. */
export interface Stroke {
  readonly tool: Tool;
  readonly diameter: number;
  readonly points: readonly Point[];
}

export type Tool = 'brush' | 'eraser';

/** An action on a mask that can be undone. */
export type Act = Stroke | 'invert' | 'clear';

/** The colour of a mask while it is painted; only its alpha counts. */
const COLOUR = '#ff3d81';

/** Longest side of a painted mask; the server scales it to the source. */
const MOST_SIDE = 2048;

/** The canvas size for a source's mask. */
export function paintSize({ width, height }: Size): Size {
  const scale = Math.min(1, MOST_SIDE / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** Applies one action to a mask. */
export function perform(act: Act, context: CanvasRenderingContext2D): void {
  const { width, height } = context.canvas;
  context.save();
  if (act === 'clear') context.clearRect(0, 0, width, height);
  else if (act === 'invert') {
    context.globalCompositeOperation = 'source-out';
    context.fillStyle = COLOUR;
    context.fillRect(0, 0, width, height);
  } else draw(act, context);
  context.restore();
}

function draw({ tool, diameter, points: [first, ...rest] }: Stroke, context: CanvasRenderingContext2D): void {
  if (!first) return;
  context.globalCompositeOperation = tool === 'brush' ? 'source-over' : 'destination-out';
  context.strokeStyle = COLOUR;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.lineWidth = diameter;
  context.beginPath();
  context.moveTo(first.x, first.y);
  for (const { x, y } of rest.length > 0 ? rest : [first]) context.lineTo(x, y);
  context.stroke();
}

/** Redraws a mask: its initial state, then all actions. */
export function replay(
  base: CanvasImageSource | null,
  acts: readonly Act[],
  context: CanvasRenderingContext2D,
): void {
  perform('clear', context);
  if (base) context.drawImage(base, 0, 0, context.canvas.width, context.canvas.height);
  for (const act of acts) perform(act, context);
}

/** The painted share of the picture, 0 to 1. */
export function paintedShare(context: CanvasRenderingContext2D): number {
  const { width, height } = context.canvas;
  const { data } = context.getImageData(0, 0, width, height);
  let sum = 0;
  for (let i = 3; i < data.length; i += 4) sum += data[i]!;
  return sum / 255 / (width * height);
}
