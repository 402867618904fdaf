import { change, form } from '../state/form.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { described, Field, useErrors } from './field.tsx';
import { clearErrors } from './submit.ts';

const MOST_SIGNS = 10_000;

/** What the picture should show, and what it must not. */
export function Prompts({ cfg }: { readonly cfg: number }) {
  const texts = useTexts().prompt;
  const { prompt, negativePrompt } = useStore(form);
  const promptErrors = useErrors(['prompt']);
  const negativeErrors = useErrors(['negativePrompt']);
  const isOff = cfg === 1;
  return (
    <>
      <Field id="prompt" label={texts.label} help={texts.help} errors={promptErrors}>
        <textarea
          id="prompt"
          rows={3}
          maxLength={MOST_SIGNS}
          placeholder={texts.placeholder}
          value={prompt}
          {...described('prompt', promptErrors)}
          onChange={({ target }) => {
            clearErrors('prompt');
            change({ prompt: target.value });
          }}
        />
      </Field>
      <Field
        id="negative"
        label={texts.negative}
        note={isOff ? texts.negativeOff : texts.negativeName}
        help={texts.negativeHelp}
        errors={negativeErrors}
      >
        <textarea
          id="negative"
          className="one-line"
          rows={1}
          maxLength={MOST_SIGNS}
          placeholder={texts.negativePlaceholder}
          value={negativePrompt}
          disabled={isOff}
          {...described('negative', negativeErrors)}
          onChange={({ target }) => {
            clearErrors('negativePrompt');
            change({ negativePrompt: target.value });
          }}
        />
      </Field>
    </>
  );
}
