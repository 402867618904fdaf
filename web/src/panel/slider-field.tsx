import { Field } from './field.tsx';
import { NumberField } from './number-field.tsx';
import { Slider } from './slider.tsx';

interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** A number with a slider, whose range may be smaller. */
export function SliderField({
  id,
  label,
  help,
  value,
  range,
  sliderRange = range,
  onChange,
}: {
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly value: number;
  readonly range: Range;
  readonly sliderRange?: Range;
  readonly onChange: (value: number) => void;
}) {
  return (
    <Field
      id={id}
      label={label}
      help={help}
      note={<NumberField id={id} value={value} {...range} onChange={onChange} />}
    >
      <Slider id={`${id}-slider`} label={label} value={value} {...sliderRange} onChange={onChange} />
    </Field>
  );
}
