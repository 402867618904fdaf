import { change, form, SHAPES, type Shape } from '../state/form.ts';
import { source } from '../state/source.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { RadioRow } from '../ui/radio-row.tsx';
import { Field, useErrors } from './field.tsx';
import { NumberField } from './number-field.tsx';
import { LEAST_SIDE, MOST_SIDE, shapeIn, validSide, type Size } from './size.ts';
import { clearErrors } from './submit.ts';

/** The icon of each shape. */
const DRAWN: Readonly<Record<Shape, { readonly width: number; readonly height: number }>> = {
  source: { width: 13, height: 13 },
  '1:1': { width: 13, height: 13 },
  '3:2': { width: 18, height: 12 },
  '2:3': { width: 12, height: 18 },
  other: { width: 13, height: 13 },
};

/** The size of the result: the source's proportions, a preset, or width and height. */
export function SizePicker({ size, multiple }: { readonly size: Size; readonly multiple: number }) {
  const texts = useTexts().size;
  const present = useStore(form);
  const from = useStore(source);
  const errors = useErrors(['width', 'height']);
  const shape = shapeIn(present, from);
  return (
    <Field
      id="size"
      isGroup
      label={texts.label}
      note={texts.pixels(size.width, size.height)}
      help={texts.help}
      errors={errors}
    >
      <RadioRow
        name="shape"
        label={texts.label}
        className="shapes"
        value={shape}
        onChange={(chosen) => {
          clearErrors('width', 'height');
          change(chosen === 'other' ? { shape: chosen, ...size } : { shape: chosen });
        }}
        choices={SHAPES.map((value) => ({
          value,
          isDisabled: value === 'source' && from === null,
          face: (
            <>
              <svg className="shape" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
                <rect
                  {...DRAWN[value]}
                  x={10 - DRAWN[value].width / 2}
                  y={10 - DRAWN[value].height / 2}
                  rx="1.5"
                  strokeDasharray={value === 'other' ? '3 2.2' : undefined}
                />
              </svg>
              {texts.shapes[value]}
            </>
          ),
        }))}
      />
      {shape === 'other' && <Sides size={size} multiple={multiple} />}
    </Field>
  );
}

/** Width and height; while locked, one follows the other. */
function Sides({ size, multiple }: { readonly size: Size; readonly multiple: number }) {
  const texts = useTexts().size;
  const { width, height, isLocked } = useStore(form);
  const set = (name: 'width' | 'height', value: number) => {
    clearErrors('width', 'height');
    const other = name === 'width' ? height * (value / width) : width * (value / height);
    const followed = validSide(other, multiple);
    const pair = name === 'width' ? { width: value, height: followed } : { width: followed, height: value };
    change(isLocked ? pair : { [name]: value });
  };
  const common = { min: LEAST_SIDE, max: MOST_SIDE, step: multiple };
  return (
    <div className="sides">
      <NumberField
        id="width"
        label={texts.width}
        value={width}
        {...common}
        onChange={(value) => {
          set('width', value);
        }}
      />
      <button
        type="button"
        className="icon-button"
        aria-pressed={isLocked}
        aria-label={texts.lock}
        title={texts.lock}
        onClick={() => {
          change({ isLocked: !isLocked });
        }}
      >
        <Icon name={isLocked ? 'lock' : 'unlock'} />
      </button>
      <NumberField
        id="height"
        label={texts.height}
        value={height}
        {...common}
        onChange={(value) => {
          set('height', value);
        }}
      />
      <button
        type="button"
        className="icon-button"
        aria-label={texts.swap}
        title={texts.swap}
        onClick={() => {
          change({ width: size.height, height: size.width });
        }}
      >
        <Icon name="swap" />
      </button>
    </div>
  );
}
