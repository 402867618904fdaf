import type { Size } from '../panel/size.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line that was drawn with the brush or the eraser. */
export interface Stroke {
  readonly tool: Tool;
  readonly diameter: number;
  readonly points: readonly Point[];
}

export type Tool = 'brush' | 'eraser';

/** Something that was done to a mask and can be undone. */
export type Act = Stroke | 'invert' | 'clear';

/** The colour in which a mask is shown while it is painted; what counts is only where it is. */
const COLOUR = '#ff3d81';

/** Most pixels on a side of a mask: the server stretches it to the source anyway. */
const MOST_SIDE = 2048;

/** The size in which a source's mask is painted. */
export function paintSize({ width, height }: Size): Size {
  const scale = Math.min(1, MOST_SIDE / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** Does one thing to a mask: places are painted or clear. */
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

/** Redraws a mask: its first state, then every action on it. */
export function replay(
  base: CanvasImageSource | null,
  acts: readonly Act[],
  context: CanvasRenderingContext2D,
): void {
  perform('clear', context);
  if (base) context.drawImage(base, 0, 0, context.canvas.width, context.canvas.height);
  for (const act of acts) perform(act, context);
}

/** The painted part of all places, 0 to 1. */
export function paintedShare(context: CanvasRenderingContext2D): number {
  const { width, height } = context.canvas;
  const { data } = context.getImageData(0, 0, width, height);
  let sum = 0;
  for (let i = 3; i < data.length; i += 4) sum += data[i]!;
  return sum / 255 / (width * height);
}
