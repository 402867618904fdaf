import { useState } from 'react';
import type { SamplerName, Scheduler } from '../api/generated/graphql.ts';
import { change, FOLDED, form, type Form } from '../state/form.ts';
import { samplers, server, type Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Field, useErrors } from './field.tsx';
import { FineSettings } from './fine-settings.tsx';
import { FINE_FIELDS, MODEL_FIELDS, PICTURE_FIELDS } from './folded-fields.ts';
import { ModelSettings } from './model-settings.tsx';
import { NumberField } from './number-field.tsx';
import { foldedIn } from './request.ts';
import { SeedField } from './seed-field.tsx';
import { Slider } from './slider.tsx';
import { clearErrors } from './submit.ts';
import { TilingField } from './tiling-field.tsx';
import { VariationFields } from './variation-fields.tsx';

/** Milliseconds for which a reset can be undone. */
const UNDO_FOR = 10_000;

/** The fields of "More settings", loaded when first opened. */
export default function MoreFields({ model }: { readonly model: Model }) {
  return (
    <>
      <SeedField />
      <VariationFields />
      <Numbers model={model} />
      <Choices model={model} />
      <ModelSettings model={model} />
      <TilingField model={model} />
      <FineSettings model={model} />
      <Reset />
    </>
  );
}

/** Used until the server's limits are loaded. */
const USUAL_LIMITS = { steps: { min: 1, max: 150 }, cfg: { min: 0, max: 100 } };

/** Steps and cfg, each as a slider with a number. */
function Numbers({ model }: { readonly model: Model }) {
  const texts = useTexts().more;
  const present = useStore(form);
  const now = foldedIn(present, model);
  const errors = { steps: useErrors(['steps']), cfg: useErrors(['cfg']) };
  const { steps, cfg } = useStore(server)?.limits ?? USUAL_LIMITS;
  const fields = [
    { name: 'steps', label: texts.steps, help: texts.stepsHelp, ...steps, most: 60, step: 1 },
    { name: 'cfg', label: texts.cfg, help: texts.cfgHelp, ...cfg, most: 20, step: 0.5 },
  ] as const;
  return fields.map(({ name, label, help, min, max, most, step }) => {
    const set = (value: number) => {
      clearErrors(name);
      change({ [name]: value });
    };
    const isOwn = present[name] !== null && present[name] !== model.recommended[name];
    return (
      <Field
        key={name}
        id={name}
        label={label}
        help={help}
        errors={errors[name]}
        note={
          <>
            {isOwn && <Suggested field={name} value={model.recommended[name]} />}
            <NumberField
              id={name}
              value={now[name]}
              {...{ min, max, step }}
              errors={errors[name]}
              onChange={set}
            />
          </>
        }
      >
        <Slider
          id={`${name}-slider`}
          label={label}
          value={now[name]}
          min={min}
          max={Math.min(most, max)}
          step={step}
          onChange={set}
        />
      </Field>
    );
  });
}

/** Sampler and scheduler, with the description of the chosen one. */
function Choices({ model }: { readonly model: Model }) {
  const texts = useTexts().more;
  const present = useStore(form);
  const known = useStore(samplers);
  const now = foldedIn(present, model);
  const errors = { samplerName: useErrors(['samplerName']), scheduler: useErrors(['scheduler']) };
  const fields = [
    { name: 'samplerName', label: texts.sampler, choices: known.samplers },
    { name: 'scheduler', label: texts.scheduler, choices: known.schedulers },
  ] as const;
  return fields.map(({ name, label, choices }) => {
    const chosen = choices.find((choice) => choice.name === now[name]);
    const words = chosen && (texts.choices[chosen.name] ?? chosen.description);
    const isOwn = present[name] !== null && present[name] !== model.recommended[name];
    return (
      <Field
        key={name}
        id={name}
        label={label}
        help={words ?? label}
        errors={errors[name]}
        note={isOwn && <Suggested field={name} value={model.recommended[name]} />}
      >
        <select
          id={name}
          value={now[name]}
          aria-describedby={`${name}-help ${name}-errors`}
          aria-invalid={errors[name].length > 0}
          onChange={({ target }) => {
            clearErrors(name);
            change({ [name]: target.value as SamplerName & Scheduler });
          }}
        >
          {choices.length === 0 && <option>{now[name]}</option>}
          {choices.map((choice) => (
            <option key={choice.name}>{choice.name}</option>
          ))}
        </select>
        {words !== undefined && <p className="note choice-note">{words}</p>}
      </Field>
    );
  });
}

/** Offers the model's recommendation where the user has set another value. */
function Suggested({ field, value }: { readonly field: keyof Form; readonly value: string | number }) {
  const texts = useTexts().more;
  return (
    <button
      type="button"
      className="link"
      onClick={() => {
        clearErrors(field);
        change({ [field]: null });
      }}
    >
      {texts.suggested(value)}
    </button>
  );
}

/** Resets to the model's defaults, with undo. */
function Reset() {
  const texts = useTexts().more;
  const present = useStore(form);
  const [before, setBefore] = useState<Partial<Form> | null>(null);
  const isTouched = FOLDED.some((field) => present[field] !== null);
  const reset = () => {
    const kept = Object.fromEntries(FOLDED.map((field) => [field, present[field]]));
    setBefore(kept);
    setTimeout(() => {
      setBefore((now) => (now === kept ? null : now));
    }, UNDO_FOR);
    clearErrors(...FOLDED, ...PICTURE_FIELDS, ...MODEL_FIELDS, ...FINE_FIELDS);
    change(Object.fromEntries(FOLDED.map((field) => [field, null])));
  };
  return (
    <p className="links">
      <button type="button" className="link" disabled={!isTouched} onClick={reset}>
        {texts.reset}
      </button>
      {before && (
        <button
          type="button"
          className="link"
          onClick={() => {
            change(before);
            setBefore(null);
          }}
        >
          {texts.undo}
        </button>
      )}
    </p>
  );
}
