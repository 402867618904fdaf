import { suitsFamily } from '../panel/lora-words.ts';
import { clearErrors } from '../panel/submit.ts';
import { change, form } from '../state/form.ts';
import { extras, type Lora, type Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts, type Texts } from '../texts/index.ts';
import { bytesText } from '../ui/bytes.ts';
import { ChoicesDialog } from './choices-dialog.tsx';

/** All LoRAs; those that do not suit the model say why. */
export default function LoraDialog({
  family,
  onClose,
}: {
  readonly family: Model['family'] | undefined;
  readonly onClose: () => void;
}) {
  const texts = useTexts();
  const { loras } = useStore(extras);
  const { loras: chosen } = useStore(form);
  const toggle = (name: string) => {
    clearErrors('loras');
    const without = chosen.filter((one) => one.name !== name);
    change({ loras: without.length < chosen.length ? without : [...chosen, { name, strength: 1 }] });
  };
  return (
    <ChoicesDialog
      title={texts.lora.choose}
      search={texts.lora.search}
      choices={loras.map((lora) => ({
        name: lora.name,
        title: lora.title ?? lora.name,
        facts: factsOf(lora, family, texts),
        isChosen: chosen.some(({ name }) => name === lora.name),
        isDisabled: !suitsFamily(lora, family),
      }))}
      onPress={toggle}
      onClose={onClose}
    />
  );
}

function factsOf(lora: Lora, family: Model['family'] | undefined, texts: Texts): string {
  const { lora: words, model } = texts;
  if (lora.problem != null) return lora.problem;
  const made = lora.family == null ? null : model.families[lora.family];
  if (!suitsFamily(lora, family) && made !== null) return words.otherFamily(made);
  return [lora.title == null ? null : lora.name, made, bytesText(lora.sizeBytes)]
    .filter(Boolean)
    .join(texts.comma);
}
