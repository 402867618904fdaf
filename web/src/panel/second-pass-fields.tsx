import type { LatentMethod } from '../api/generated/graphql.ts';
import type { Form } from '../state/form.ts';
import { extras } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Field } from './field.tsx';
import { NumberField } from './number-field.tsx';
import { SliderField } from './slider-field.tsx';

const METHODS = ['nearest_exact', 'bilinear', 'area', 'bicubic', 'bislerp'] as const satisfies LatentMethod[];

/** The fields of the second pass, loaded when it is turned on. */
export default function SecondPassFields({
  by,
  present,
  set,
}: {
  readonly by: number;
  readonly present: Form;
  readonly set: (fields: Partial<Form>) => void;
}) {
  const words = useTexts().upscale;
  return (
    <>
      <SliderField
        id="upscaleBy"
        label={words.by}
        help={words.byHelp}
        value={by}
        range={{ min: 1, max: 8, step: 0.1 }}
        sliderRange={{ min: 1, max: 4, step: 0.25 }}
        onChange={(upscaleBy) => {
          set({ upscaleBy });
        }}
      />
      <Upscaler present={present} set={set} />
      <SliderField
        id="upscaleStrength"
        label={words.strength}
        help={words.strengthHelp}
        value={present.upscaleStrength}
        range={{ min: 0, max: 1, step: 0.01 }}
        onChange={(upscaleStrength) => {
          set({ upscaleStrength });
        }}
      />
      <Field
        id="upscaleSteps"
        label={words.steps}
        help={words.stepsHelp}
        note={
          <NumberField
            id="upscaleSteps"
            value={present.upscaleSteps}
            placeholder={words.asFirst}
            {...{ min: 1, max: 150, step: 1 }}
            onChange={(upscaleSteps) => {
              set({ upscaleSteps });
            }}
            onClear={() => {
              set({ upscaleSteps: null });
            }}
          />
        }
      />
    </>
  );
}

/** The upscaler model, or the latent resize method. */
function Upscaler({
  present: { upscaleModel, upscaleMethod },
  set,
}: {
  readonly present: Form;
  readonly set: (fields: Partial<Form>) => void;
}) {
  const words = useTexts().upscale;
  const { upscalers } = useStore(extras);
  const usable = upscalers.filter(({ problem }) => problem == null).map(({ name }) => name);
  const names = upscaleModel !== null && !usable.includes(upscaleModel) ? [upscaleModel, ...usable] : usable;
  const isModel = (value: string): boolean => value.startsWith('model:');
  return (
    <Field id="upscaler" label={words.upscaler} help={words.upscalerHelp}>
      <select
        id="upscaler"
        aria-describedby="upscaler-help"
        value={upscaleModel === null ? upscaleMethod : `model:${upscaleModel}`}
        onChange={({ target: { value } }) => {
          set(
            isModel(value)
              ? { upscaleModel: value.slice('model:'.length) }
              : { upscaleModel: null, upscaleMethod: value as LatentMethod },
          );
        }}
      >
        {names.map((name) => (
          <option key={name} value={`model:${name}`}>
            {name}
          </option>
        ))}
        {METHODS.map((method) => (
          <option key={method} value={method}>
            {words.latent(method)}
          </option>
        ))}
      </select>
    </Field>
  );
}
