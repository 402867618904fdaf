import '../styles/parts.css';
import { change, EXTENDED_SIDES, form, type Form } from '../state/form.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Field, useErrors } from './field.tsx';
import { NumberField } from './number-field.tsx';
import { extendIn } from './request-parts.ts';
import type { Size } from './size.ts';
import { clearErrors } from './submit.ts';

/** Most pixels of outpainting on a side. */
const MOST = 1024;

/** What the button adds on each side, as a part of the shorter side. */
const STEP = 0.25;

/** Pixels for each side around a thumbnail of the source; loaded when first opened. */
export default function ExtendFields({
  address,
  size,
  multiple,
}: {
  readonly address: string;
  readonly size: Size;
  readonly multiple: number;
}) {
  const words = useTexts().extend;
  const present = useStore(form);
  const errors = useErrors(['extend']);
  const extend = extendIn(present);
  const set = (fields: Partial<Form>) => {
    clearErrors('extend');
    change(fields);
  };
  const setSides = (pixels: number) => {
    set(Object.fromEntries(EXTENDED_SIDES.map((side) => [side, pixels])));
  };
  const step = Math.max(
    multiple,
    Math.round((Math.min(size.width, size.height) * STEP) / multiple) * multiple,
  );
  return (
    <div className="more-fields">
      <div className="extend-sides" role="group" aria-label={words.label} aria-describedby="extend-errors">
        <img src={address} alt="" width="64" height="64" />
        {EXTENDED_SIDES.map((side) => (
          <NumberField
            key={side}
            id={side}
            label={words.sides[side]}
            value={present[side]}
            min={0}
            max={MOST}
            step={multiple}
            onChange={(pixels) => {
              set({ [side]: Math.round(pixels / multiple) * multiple });
            }}
          />
        ))}
      </div>
      <p className="links">
        <button
          type="button"
          className="link"
          data-invalid={errors.length > 0 || undefined}
          onClick={() => {
            setSides(step);
          }}
        >
          {words.allSides(step)}
        </button>
        <button
          type="button"
          className="link"
          disabled={!extend}
          onClick={() => {
            setSides(0);
          }}
        >
          {words.reset}
        </button>
      </p>
      <Field
        id="extendFeather"
        label={words.feather}
        help={words.featherHelp}
        note={
          <NumberField
            id="extendFeather"
            value={present.extendFeather}
            min={0}
            max={256}
            step={1}
            onChange={(extendFeather) => {
              set({ extendFeather });
            }}
          />
        }
      />
      <p className="note">{words.help}</p>
    </div>
  );
}
