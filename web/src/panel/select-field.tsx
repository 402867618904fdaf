import { described, Field, useErrors } from './field.tsx';
import { clearErrors } from './submit.ts';

/** A select for a field of the request; a new choice clears its errors. */
export function SelectField<Value extends string>({
  id,
  label,
  help,
  value,
  choices,
  onChange,
}: {
  /** Name of the request's field. */
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly value: Value;
  readonly choices: readonly (readonly [value: Value, face: string])[];
  readonly onChange: (value: Value) => void;
}) {
  const errors = useErrors([id]);
  return (
    <Field id={id} label={label} help={help} errors={errors}>
      <select
        id={id}
        value={value}
        {...described(id, errors)}
        onChange={({ target }) => {
          clearErrors(id);
          onChange(target.value as Value);
        }}
      >
        {choices.map(([choice, face]) => (
          <option key={choice} value={choice}>
            {face}
          </option>
        ))}
      </select>
    </Field>
  );
}
