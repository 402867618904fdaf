import { change, form } from '../state/form.ts';
import { server } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { described, Field, useErrors } from './field.tsx';
import { clearErrors } from './submit.ts';
import { tokensText, useTokens } from './tokens.ts';

/** What the picture should show, and what it must not. */
export function Prompts({ cfg, model }: { readonly cfg: number; readonly model: string | undefined }) {
  const texts = useTexts();
  const words = texts.prompt;
  const { prompt, negativePrompt } = useStore(form);
  const most = useStore(server)?.limits.promptLength;
  const promptErrors = useErrors(['prompt']);
  const negativeErrors = useErrors(['negativePrompt']);
  const tokens = useTokens(model, prompt, negativePrompt);
  const isOff = cfg === 1;
  const ofNegative = negativePrompt === '' ? null : tokensText(tokens?.negativePrompt, texts);
  return (
    <>
      <Field
        id="prompt"
        label={words.label}
        note={tokensText(tokens?.prompt, texts)}
        help={words.help}
        errors={promptErrors}
      >
        <textarea
          id="prompt"
          rows={3}
          maxLength={most}
          placeholder={words.placeholder}
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
        label={words.negative}
        note={isOff ? words.negativeOff : (ofNegative ?? words.negativeName)}
        help={words.negativeHelp}
        errors={negativeErrors}
      >
        <textarea
          id="negative"
          className="one-line"
          rows={1}
          maxLength={most}
          placeholder={words.negativePlaceholder}
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
