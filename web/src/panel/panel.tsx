import { useEffect, useRef } from 'react';
import { form } from '../state/form.ts';
import { models } from '../state/resources.ts';
import { source } from '../state/source.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { chosenModel } from './choose-model.ts';
import { Controls } from './controls.tsx';
import { ExtendSettings } from './extend-settings.tsx';
import { Loras } from './loras.tsx';
import { MakeBar } from './make-bar.tsx';
import { ModelPicker } from './model-picker.tsx';
import { MoreSettings } from './more-settings.tsx';
import { Prompts } from './prompts.tsx';
import { foldedIn } from './request.ts';
import { SecondPass } from './second-pass.tsx';
import { SizePicker } from './size-picker.tsx';
import { multipleFor, sizeOf } from './size.ts';
import { SourceCard } from './source-card.tsx';
import { Strength } from './strength.tsx';
import { sending, submitForm } from './submit.ts';

/** The form: everything that is set before a job. */
export function Panel() {
  const texts = useTexts();
  const present = useStore(form);
  const from = useStore(source);
  const known = useStore(models);
  const model = chosenModel(present.model, known ?? []);
  const size = sizeOf(present, model, from);
  const multiple = multipleFor(model?.family);
  const element = useRef<HTMLFormElement>(null);
  useFocusOnFirstError(element);
  return (
    <form
      ref={element}
      className="panel"
      aria-label={texts.landmarks.settings}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submitForm();
      }}
    >
      <div className="panel-fields">
        <SourceCard size={size} />
        <Prompts cfg={model ? foldedIn(present, model).cfg : 8} model={model} />
        <Strength />
        {known && (
          <>
            <ModelPicker model={model} />
            <Loras model={model} />
            <Controls model={model} />
            <SizePicker size={size} multiple={multiple} />
            {from && <ExtendSettings address={from.address} size={size} multiple={multiple} />}
            <SecondPass size={size} multiple={multiple} />
            {model && <MoreSettings model={model} />}
          </>
        )}
      </div>
      <MakeBar isReady={!known || model !== undefined} />
    </form>
  );
}

/** Focuses the first control with an error after a refusal. */
function useFocusOnFirstError(element: { readonly current: HTMLFormElement | null }): void {
  const { errors } = useStore(sending);
  const count = useRef(0);
  useEffect(() => {
    if (errors.length > 0 && count.current === 0) {
      element.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid]')?.focus();
    }
    count.current = errors.length;
  }, [errors, element]);
}
