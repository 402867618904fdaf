import type { CSSProperties } from 'react';

/** A range input. On touch screens a press beside the thumb does nothing, so that scrolling changes no value. */
export function Slider({
  id,
  label,
  valueText,
  value,
  min,
  max,
  step,
  isDisabled = false,
  describedBy,
  onChange,
}: {
  readonly id: string;
  readonly label: string;
  readonly valueText?: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly isDisabled?: boolean;
  readonly describedBy?: string;
  readonly onChange: (value: number) => void;
}) {
  const part = (Math.min(max, value) - min) / (max - min);
  return (
    <input
      id={id}
      className="slider"
      type="range"
      aria-label={label}
      aria-valuetext={valueText}
      aria-describedby={describedBy}
      min={min}
      max={max}
      step={step}
      value={Math.min(max, value)}
      disabled={isDisabled}
      style={{ '--part': part } as CSSProperties}
      onPointerDown={(event) => {
        if (event.pointerType === 'touch' && !isOnThumb(event.currentTarget, event.clientX, part)) {
          event.preventDefault();
          event.currentTarget.dataset['held'] = '';
        } else delete event.currentTarget.dataset['held'];
      }}
      onChange={({ target }) => {
        if (target.dataset['held'] === undefined) onChange(Number(target.value));
      }}
    />
  );
}

/** Half of a touch target. */
const REACH = 24;
const THUMB = 20;

function isOnThumb(slider: HTMLElement, x: number, part: number): boolean {
  const { left, width } = slider.getBoundingClientRect();
  return Math.abs(x - (left + THUMB / 2 + part * (width - THUMB))) <= REACH;
}
