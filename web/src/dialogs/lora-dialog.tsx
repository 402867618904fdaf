import { useState } from 'react';
import { suitsFamily } from '../panel/lora-words.ts';
import { clearErrors } from '../panel/submit.ts';
import { change, form } from '../state/form.ts';
import { loras, type Lora, type Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts, type Texts } from '../texts/index.ts';
import { bytesText } from '../ui/bytes.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';

/** Every LoRA of the server: those that suit the model can be added, the others say why not. */
export default function LoraDialog({
  family,
  onClose,
}: {
  readonly family: Model['family'] | undefined;
  readonly onClose: () => void;
}) {
  const texts = useTexts();
  const words = texts.lora;
  const known = useStore(loras);
  const { loras: chosen } = useStore(form);
  const [sought, setSought] = useState('');
  const matching = known.filter(({ name, title }) =>
    `${name} ${title ?? ''}`.toLowerCase().includes(sought.trim().toLowerCase()),
  );
  const toggle = (name: string) => {
    clearErrors('loras');
    const without = chosen.filter((one) => one.name !== name);
    change({ loras: without.length < chosen.length ? without : [...chosen, { name, strength: 1 }] });
  };
  return (
    <Dialog title={words.choose} className="models" onClose={onClose}>
      <input
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={sought}
        onChange={({ target }) => {
          setSought(target.value);
        }}
      />
      {matching.length === 0 && <p className="note">{texts.gallery.nothing}</p>}
      <ul className="model-list">
        {matching.map((lora) => {
          const isChosen = chosen.some(({ name }) => name === lora.name);
          return (
            <li key={lora.name}>
              <button
                type="button"
                className="model-button"
                aria-pressed={isChosen}
                disabled={!isChosen && !suitsFamily(lora, family)}
                onClick={() => {
                  toggle(lora.name);
                }}
              >
                <span className="model-facts">
                  <span className="model-name">{lora.title ?? lora.name}</span>
                  <span className="note">{factsOf(lora, family, texts)}</span>
                </span>
                {isChosen && <Icon name="check" />}
              </button>
            </li>
          );
        })}
      </ul>
      <p className="dialog-foot">
        <button type="button" className="button strong" onClick={onClose}>
          {words.done}
        </button>
      </p>
    </Dialog>
  );
}

function factsOf(lora: Lora, family: Model['family'] | undefined, texts: Texts): string {
  const { lora: words, model } = texts;
  if (lora.problem != null) return lora.problem;
  const made = lora.family == null ? null : model.families[lora.family];
  if (!suitsFamily(lora, family) && made !== null) return words.otherFamily(made);
  return [lora.title == null ? null : lora.name, made, bytesText(lora.sizeBytes)].filter(Boolean).join(', ');
}
