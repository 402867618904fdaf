import type { ReactNode } from 'react';

/** A row of radio buttons. */
export function RadioRow<Value extends string>({
  name,
  label,
  className,
  choices,
  value,
  onChange,
}: {
  readonly name: string;
  readonly label: string;
  readonly className: string;
  readonly choices: readonly { value: Value; face: ReactNode; isDisabled?: boolean; label?: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}) {
  return (
    <div role="radiogroup" aria-label={label} className={`radio-row ${className}`}>
      {choices.map((choice) => (
        <label key={choice.value} className="radio-choice">
          <input
            type="radio"
            name={name}
            value={choice.value}
            aria-label={choice.label}
            checked={choice.value === value}
            disabled={choice.isDisabled}
            onChange={() => {
              onChange(choice.value);
            }}
          />
          <span className="radio-face">{choice.face}</span>
        </label>
      ))}
    </div>
  );
}
