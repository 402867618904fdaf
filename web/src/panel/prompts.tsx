import { change, form } from '../state/form.ts';
import { server, type Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Field, useErrors } from './field.tsx';
import { PromptArea } from './prompt-area.tsx';
import { clearErrors } from './submit.ts';
import { tokensText, useTokens } from './tokens.ts';

/** Prompt and negative prompt. */
export function Prompts({ cfg, model }: { readonly cfg: number; readonly model: Model | undefined }) {
  const texts = useTexts();
  const words = texts.prompt;
  const { prompt, negativePrompt, promptStyle } = useStore(form);
  const most = useStore(server)?.limits.promptLength;
  const promptErrors = useErrors(['prompt']);
  const negativeErrors = useErrors(['negativePrompt']);
  const tokens = useTokens(model?.name, prompt, negativePrompt, promptStyle);
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
        <PromptArea
          id="prompt"
          value={prompt}
          family={model?.family}
          errors={promptErrors}
          maxLength={most}
          placeholder={words.placeholder}
          onChange={(value) => {
            clearErrors('prompt');
            change({ prompt: value });
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
        <PromptArea
          id="negative"
          value={negativePrompt}
          family={model?.family}
          errors={negativeErrors}
          isOneLine
          isDisabled={isOff}
          maxLength={most}
          placeholder={words.negativePlaceholder}
          onChange={(value) => {
            clearErrors('negativePrompt');
            change({ negativePrompt: value });
          }}
        />
      </Field>
    </>
  );
}
