import { suitsFamily } from '../panel/lora-words.ts';
import { clearErrors } from '../panel/submit.ts';
import { newControl } from '../state/chosen.ts';
import { change, form } from '../state/form.ts';
import { extras, type ControlModel, type Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts, type Texts } from '../texts/index.ts';
import { bytesText } from '../ui/bytes.ts';
import { ChoicesDialog } from './choices-dialog.tsx';

/** All ControlNets and T2I adapters; those that do not suit the model say why. */
export default function ControlDialog({
  family,
  onClose,
}: {
  readonly family: Model['family'] | undefined;
  readonly onClose: () => void;
}) {
  const texts = useTexts();
  const { controlModels } = useStore(extras);
  const { controls } = useStore(form);
  const toggle = (model: string) => {
    clearErrors('controls');
    const without = controls.filter((one) => one.model !== model);
    change({ controls: without.length < controls.length ? without : [...controls, newControl(model)] });
  };
  return (
    <ChoicesDialog
      title={texts.control.choose}
      search={texts.control.search}
      choices={controlModels.map((control) => ({
        name: control.name,
        title: control.name,
        facts: factsOf(control, family, texts),
        isChosen: controls.some(({ model }) => model === control.name),
        isDisabled: !suitsFamily(control, family),
      }))}
      onPress={toggle}
      onClose={onClose}
    />
  );
}

function factsOf(control: ControlModel, family: Model['family'] | undefined, texts: Texts): string {
  if (control.problem != null) return control.problem;
  const made = control.family == null ? null : texts.model.families[control.family];
  if (!suitsFamily(control, family) && made !== null) return texts.lora.otherFamily(made);
  const kind = control.kind == null ? null : texts.control.kinds[control.kind];
  return [kind, made, bytesText(control.sizeBytes)].filter(Boolean).join(texts.comma);
}
