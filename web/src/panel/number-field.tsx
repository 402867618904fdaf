import { useState } from 'react';
import { described } from './field.tsx';
import type { FormError } from './submit.ts';

/**
 * A number input. Half-typed text stays while the field has the focus; an invalid value is dropped on blur. With `onClear`
 * it may be left empty.
 */
export function NumberField({
  id,
  value,
  min,
  max,
  step,
  label,
  placeholder,
  errors = [],
  isDisabled = false,
  onChange,
  onClear,
}: {
  readonly id: string;
  readonly value: number | null;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly label?: string;
  readonly placeholder?: string;
  readonly errors?: readonly FormError[];
  readonly isDisabled?: boolean;
  readonly onChange: (value: number) => void;
  readonly onClear?: () => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const shown = value === null ? '' : step === 0.01 ? value.toFixed(2) : String(value);
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
      value={typed ?? shown}
      placeholder={placeholder}
      {...(label === undefined && described(id, errors))}
      onChange={({ target }) => {
        setTyped(target.value);
        const number = Number(target.value);
        if (target.value === '') onClear?.();
        else if (number >= min && number <= max) onChange(number);
      }}
      onBlur={() => {
        setTyped(null);
      }}
    />
  );
}
