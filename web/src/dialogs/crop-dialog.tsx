import {
  useEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
} from 'react';
import type { Source } from '../state/source.ts';
import { useTexts } from '../texts/index.ts';
import { Dialog } from '../ui/dialog.tsx';
import { cutOut, middlePart, moved, resized } from './crop.ts';

/** Step of the keys, as a part of the width. */
const KEY_STEP = 0.02;

/** Crops the source to the proportions of the result. */
export default function CropDialog({
  source,
  ratio,
  onCut,
  onClose,
}: {
  readonly source: Source;
  readonly ratio: number;
  readonly onCut: (cut: Blob, whole: Blob | undefined) => void;
  readonly onClose: () => void;
}) {
  const texts = useTexts().crop;
  const [picture, setPicture] = useState<{ blob: Blob; width: number; height: number; address: string }>();
  const [part, setPart] = useState(middlePart(source, ratio));
  const box = useRef<HTMLDivElement>(null);
  const held = useRef<'part' | 'corner'>(undefined);

  useEffect(() => {
    let address = '';
    const load = async () => {
      const blob =
        source.whole ?? ('file' in source.content ? source.content.file : await fetched(source.address));
      const bitmap = await createImageBitmap(blob);
      address = URL.createObjectURL(blob);
      const { width, height } = bitmap;
      bitmap.close();
      setPicture({ blob, width, height, address });
      setPart(middlePart({ width, height }, ratio));
    };
    void load();
    return () => {
      URL.revokeObjectURL(address);
    };
  }, [source, ratio]);

  if (!picture) return null;
  const perPixel = () => picture.width / (box.current?.clientWidth ?? picture.width);
  const onMove = ({ movementX, movementY }: PointerEvent) => {
    const dx = movementX * perPixel();
    const dy = movementY * perPixel();
    if (held.current === 'part') setPart((now) => moved(now, dx, dy, picture));
    if (held.current === 'corner') setPart((now) => resized(now, now.width + dx, picture));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = picture.width * KEY_STEP;
    const ways: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    };
    const way = ways[event.key];
    const grown = { '+': step, '-': -step }[event.key];
    if (!way && grown === undefined) return;
    event.preventDefault();
    setPart((now) => (way ? moved(now, way[0], way[1], picture) : resized(now, now.width + grown!, picture)));
  };
  const percent = (length: number, of: number) => `${(length / of) * 100}%`;
  return (
    <Dialog title={texts.title} className="crop" onClose={onClose}>
      <p className="note">{texts.help}</p>
      <div
        ref={box}
        className="crop-box"
        style={{ '--ratio': picture.width / picture.height } as CSSProperties}
        onPointerMove={onMove}
        onPointerUp={() => {
          held.current = undefined;
        }}
      >
        <img src={picture.address} alt="" draggable={false} />
        <div
          className="crop-part"
          role="group"
          tabIndex={0}
          aria-label={`${texts.frame}: ${Math.round(part.width)} × ${Math.round(part.height)}`}
          style={{
            left: percent(part.x, picture.width),
            top: percent(part.y, picture.height),
            width: percent(part.width, picture.width),
            height: percent(part.height, picture.height),
          }}
          onKeyDown={onKeyDown}
          onPointerDown={(event) => {
            held.current = (event.target as Element).matches('.crop-corner') ? 'corner' : 'part';
            event.currentTarget.setPointerCapture(event.pointerId);
          }}
        >
          <span className="crop-corner" />
        </div>
      </div>
      <p className="dialog-foot">
        <span className="note">
          {Math.round(part.width)} × {Math.round(part.height)}
        </span>
        {source.whole && (
          <button
            type="button"
            className="button"
            onClick={() => {
              onCut(picture.blob, undefined);
            }}
          >
            {texts.whole}
          </button>
        )}
        <button
          type="button"
          className="button strong"
          onClick={() => {
            void cutOut(picture.blob, part).then((cut) => {
              onCut(cut, picture.blob);
            });
          }}
        >
          {texts.use}
        </button>
      </p>
    </Dialog>
  );
}

const fetched = async (address: string): Promise<Blob> => (await fetch(address)).blob();
