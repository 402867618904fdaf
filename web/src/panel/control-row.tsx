import '../styles/parts.css';
import type { ControlMode, ControlPreprocessor } from '../api/generated/graphql.ts';
import { MODES, PREPROCESSORS, type ChosenControl } from '../state/chosen.ts';
import { extras } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { ControlPicture } from './control-picture.tsx';
import { NumberField } from './number-field.tsx';
import { Slider } from './slider.tsx';

/** Range of the slider; the number field allows more. */
const SLIDER = { min: 0, max: 2, step: 0.05 };

/** Numbers of a preprocessor. */
const OF_PREPROCESSOR = {
  CANNY: [
    { name: 'cannyLow', min: 0, max: 2040, step: 1 },
    { name: 'cannyHigh', min: 0, max: 2040, step: 1 },
  ],
  BLUR: [{ name: 'blur', min: 0.3, max: 100, step: 0.1 }],
} as const;

const PART = [
  { name: 'start', min: 0, max: 1, step: 0.01 },
  { name: 'end', min: 0, max: 1, step: 0.01 },
] as const;

type Change = (fields: Partial<ChosenControl>) => void;

/** One control: picture, preprocessor, strength, start and end. */
export default function ControlRow({
  control,
  onChange,
  onRemove,
}: {
  readonly control: ChosenControl;
  readonly onChange: Change;
  readonly onRemove: () => void;
}) {
  const texts = useTexts().control;
  const { model, preprocessor, strength } = control;
  const numbers = preprocessor === 'CANNY' || preprocessor === 'BLUR' ? OF_PREPROCESSOR[preprocessor] : [];
  return (
    <div className="control" role="group" aria-label={model}>
      <div className="lora-head">
        <span className="lora-name" title={model}>
          {model}
        </span>
        <NumberField
          id={`control-${model}`}
          label={texts.strengthOf(model)}
          value={strength}
          {...{ min: 0, max: 10, step: 0.01 }}
          onChange={(value) => {
            onChange({ strength: value });
          }}
        />
        <button
          type="button"
          className="icon-button"
          aria-label={texts.remove(model)}
          title={texts.remove(model)}
          onClick={onRemove}
        >
          <Icon name="close" size={14} />
        </button>
      </div>
      <Slider
        id={`control-slider-${model}`}
        label={texts.strengthOf(model)}
        value={strength}
        {...SLIDER}
        onChange={(value) => {
          onChange({ strength: value });
        }}
      />
      <ControlPicture control={control} onChange={onChange} />
      <Mode control={control} onChange={onChange} />
      <label className="control-line">
        <span className="note">{texts.preprocessor}</span>
        <select
          value={preprocessor}
          onChange={({ target }) => {
            onChange({ preprocessor: target.value as ControlPreprocessor });
          }}
        >
          {PREPROCESSORS.map((name) => (
            <option key={name} value={name}>
              {texts.preprocessors[name]}
            </option>
          ))}
        </select>
      </label>
      {numbers.length > 0 && <Numbers control={control} numbers={numbers} onChange={onChange} />}
      <Numbers control={control} numbers={PART} onChange={onChange} />
    </div>
  );
}

/** The control type of a union ControlNet; others have only one. */
function Mode({ control, onChange }: { readonly control: ChosenControl; readonly onChange: Change }) {
  const texts = useTexts().control;
  const { controlModels } = useStore(extras);
  const kind = controlModels.find(({ name }) => name === control.model)?.kind;
  if (kind !== 'UNION_CONTROLNET' && control.mode == null) return null;
  return (
    <label className="control-line">
      <span className="note">{texts.mode}</span>
      <select
        value={control.mode ?? ''}
        aria-label={`${texts.mode}, ${control.model}`}
        onChange={({ target: { value } }) => {
          onChange({ mode: value === '' ? null : (value as ControlMode) });
        }}
      >
        <option value="">{texts.noMode}</option>
        {MODES.map((mode) => (
          <option key={mode} value={mode}>
            {texts.modes[mode]}
          </option>
        ))}
      </select>
    </label>
  );
}

type NumberName = 'cannyLow' | 'cannyHigh' | 'blur' | 'start' | 'end';

/** One or two numbers beside each other. */
function Numbers({
  control,
  numbers,
  onChange,
}: {
  readonly control: ChosenControl;
  readonly numbers: readonly {
    readonly name: NumberName;
    readonly min: number;
    readonly max: number;
    readonly step: number;
  }[];
  readonly onChange: Change;
}) {
  const { labels } = useTexts().control;
  return (
    <div className="control-numbers">
      {numbers.map(({ name, ...bounds }) => (
        <label key={name} className="control-line">
          <span className="note">{labels[name]}</span>
          <NumberField
            id={`control-${control.model}-${name}`}
            label={`${labels[name]}, ${control.model}`}
            value={control[name]}
            {...bounds}
            onChange={(value) => {
              onChange({ [name]: value });
            }}
          />
        </label>
      ))}
    </div>
  );
}
