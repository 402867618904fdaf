import { useState } from 'react';
import { described } from './field.tsx';
import type { FormError } from './submit.ts';

/** A number that may be typed: what is typed half way is left alone, and what cannot be taken goes when it is left. */
export function NumberField({
  id,
  value,
  min,
  max,
  step,
  label,
  errors = [],
  isDisabled = false,
  onChange,
}: {
  readonly id: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly label?: string;
  readonly errors?: readonly FormError[];
  readonly isDisabled?: boolean;
  readonly onChange: (value: number) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const decimals = step < 1 ? 2 : 0;
  return (
    <input
      id={id}
      className="number"
      type="number"
      inputMode={step < 1 ? 'decimal' : 'numeric'}
      min={min}
      max={max}
      step={step}
      aria-label={label}
      disabled={isDisabled}
      value={typed ?? (step === 0.01 ? value.toFixed(decimals) : String(value))}
      {...(label === undefined && described(id, errors))}
      onChange={({ target }) => {
        setTyped(target.value);
        const number = Number(target.value);
        if (target.value !== '' && number >= min && number <= max) onChange(number);
      }}
      onBlur={() => {
        setTyped(null);
      }}
    />
  );
}
