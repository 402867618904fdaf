import '../styles/mask-dialog.css';
import { useRef, useState, type CSSProperties, type KeyboardEvent, type PointerEvent } from 'react';
import { Slider } from '../panel/slider.tsx';
import { clearErrors } from '../panel/submit.ts';
import { takeMask, type Source } from '../state/source.ts';
import { useTexts } from '../texts/index.ts';
import { Dialog } from '../ui/dialog.tsx';
import { RadioRow } from '../ui/radio-row.tsx';
import { paintSize, type Point, type Tool } from './acts.ts';
import { writeMask } from './mask-file.ts';
import { usePainting } from './use-painting.ts';

/** The brush's width as a part of the picture's shorter side, in per cent. */
const BRUSH = { min: 1, max: 60, step: 1, first: 15 };

/** Step of the arrow keys as a part of the width, with and without Shift. */
const KEY_STEP = { far: 0.1, near: 0.02 };

/** The eraser end of a pen and the right mouse button erase. */
const ERASING_BUTTONS = 2 | 32;

/** Paints the mask over the source, by pointer or keys. Closing always keeps it. */
export default function MaskDialog({
  source,
  onClose,
}: {
  readonly source: Source;
  readonly onClose: () => void;
}) {
  const texts = useTexts().mask;
  const size = paintSize(source);
  const { canvas, context, count, share, act, begin, goOn, end, undo } = usePainting(size, source.mask?.file);
  const [tool, setTool] = useState<Tool>('brush');
  const [brush, setBrush] = useState(BRUSH.first);
  const [at, setAt] = useState<Point>({ x: size.width / 2, y: size.height / 2 });
  const isDown = useRef(false);
  const diameter = Math.max(1, (brush / 100) * Math.min(size.width, size.height));

  const finish = async () => {
    clearErrors('mask');
    if (count > 0) takeMask(share === 0 ? null : await writeMask(context()));
    onClose();
  };
  const pointOf = (event: { clientX: number; clientY: number }): Point => {
    const box = canvas.current!.getBoundingClientRect();
    const scale = size.width / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
  };
  const onMove = (event: PointerEvent) => {
    setAt(pointOf(event));
    for (const one of event.nativeEvent.getCoalescedEvents()) goOn(pointOf(one));
    goOn(pointOf(event));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = size.width * (event.shiftKey ? KEY_STEP.far : KEY_STEP.near);
    const ways: Readonly<Record<string, Point>> = {
      ArrowLeft: { x: -step, y: 0 },
      ArrowRight: { x: step, y: 0 },
      ArrowUp: { x: 0, y: -step },
      ArrowDown: { x: 0, y: step },
    };
    const way = ways[event.key];
    if (way) {
      const to = {
        x: Math.min(size.width, Math.max(0, at.x + way.x)),
        y: Math.min(size.height, Math.max(0, at.y + way.y)),
      };
      setAt(to);
      goOn(to);
    } else if (event.key === ' ') {
      if (!isDown.current) begin(tool, diameter, at);
      isDown.current = true;
    } else return;
    event.preventDefault();
  };
  const lift = () => {
    isDown.current = false;
    end();
  };
  const onShortcut = (event: KeyboardEvent) => {
    const isCommand = event.ctrlKey || event.metaKey;
    const steps: Readonly<Record<string, () => void>> = {
      ...(isCommand && count > 0 && { z: undo }),
      ...(!isCommand && {
        b: () => {
          setTool('brush');
        },
        e: () => {
          setTool('eraser');
        },
        i: () => {
          act('invert');
        },
        '[': () => {
          setBrush(Math.max(BRUSH.min, brush - 2));
        },
        ']': () => {
          setBrush(Math.min(BRUSH.max, brush + 2));
        },
      }),
    };
    const step = steps[event.key.toLowerCase()];
    if (!step) return;
    event.preventDefault();
    step();
  };
  const percent = (length: number, of: number) => `${(length / of) * 100}%`;
  return (
    <Dialog title={texts.title} className="mask-dialog" onClose={() => void finish()}>
      <div className="mask-body" onKeyDown={onShortcut}>
        <p className="note" id="mask-how">
          {texts.how}
        </p>
        <div className="mask-tools">
          <RadioRow
            name="tool"
            label={texts.tool}
            className="segments"
            value={tool}
            onChange={setTool}
            choices={(['brush', 'eraser'] as const).map((value) => ({ value, face: texts.tools[value] }))}
          />
          <label className="mask-size">
            <span className="note">{texts.size}</span>
            <Slider
              id="brush-size"
              label={texts.size}
              valueText={texts.sizeOf(brush)}
              value={brush}
              {...{ min: BRUSH.min, max: BRUSH.max, step: BRUSH.step }}
              onChange={setBrush}
            />
          </label>
          <button
            type="button"
            className="button"
            onClick={() => {
              act('invert');
            }}
          >
            {texts.invert}
          </button>
          <button
            type="button"
            className="button"
            disabled={share === 0}
            onClick={() => {
              act('clear');
            }}
          >
            {texts.clear}
          </button>
          <button type="button" className="button" disabled={count === 0} onClick={undo}>
            {texts.undo}
          </button>
        </div>
        <div
          className="mask-box"
          role="application"
          aria-label={texts.area}
          aria-describedby="mask-how"
          tabIndex={0}
          style={{ '--ratio': size.width / size.height } as CSSProperties}
          onKeyDown={onKeyDown}
          onKeyUp={({ key }) => {
            if (key === ' ') lift();
          }}
          onBlur={lift}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            setAt(pointOf(event));
            begin(event.buttons & ERASING_BUTTONS ? 'eraser' : tool, diameter, pointOf(event));
          }}
          onPointerMove={onMove}
          onPointerUp={end}
          onPointerCancel={end}
          onContextMenu={(event) => {
            event.preventDefault();
          }}
        >
          <img src={source.address} alt="" draggable={false} />
          <canvas ref={canvas} width={size.width} height={size.height} />
          <span
            className={`mask-ring mask-ring-${tool}`}
            style={{
              left: percent(at.x, size.width),
              top: percent(at.y, size.height),
              width: percent(diameter, size.width),
            }}
          />
        </div>
        <p className="dialog-foot">
          <span className="note" role="status">
            {texts.share(Math.round(share * 100))}
          </span>
          <button type="button" className="button strong" onClick={() => void finish()}>
            {texts.done}
          </button>
        </p>
      </div>
    </Dialog>
  );
}
