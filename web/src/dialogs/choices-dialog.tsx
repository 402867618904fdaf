import { useState } from 'react';
import { useTexts } from '../texts/index.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';

/** An entry that can be chosen. */
export interface Choice {
  readonly name: string;
  readonly title: string;
  readonly facts: string;
  readonly isChosen: boolean;
  readonly isDisabled: boolean;
}

/** A searchable list of choices. */
export function ChoicesDialog({
  title,
  search,
  choices,
  onPress,
  onClose,
}: {
  readonly title: string;
  readonly search: string;
  readonly choices: readonly Choice[];
  readonly onPress: (name: string) => void;
  readonly onClose: () => void;
}) {
  const texts = useTexts();
  const [sought, setSought] = useState('');
  const matching = choices.filter((choice) =>
    `${choice.name} ${choice.title}`.toLowerCase().includes(sought.trim().toLowerCase()),
  );
  return (
    <Dialog title={title} className="models" onClose={onClose}>
      <input
        type="search"
        aria-label={search}
        placeholder={search}
        value={sought}
        onChange={({ target }) => {
          setSought(target.value);
        }}
      />
      {matching.length === 0 && <p className="note">{texts.gallery.nothing}</p>}
      <ul className="model-list">
        {matching.map((choice) => (
          <li key={choice.name}>
            <button
              type="button"
              className="model-button"
              aria-pressed={choice.isChosen}
              disabled={!choice.isChosen && choice.isDisabled}
              onClick={() => {
                onPress(choice.name);
              }}
            >
              <span className="model-facts">
                <span className="model-name">{choice.title}</span>
                <span className="note">{choice.facts}</span>
              </span>
              {choice.isChosen && <Icon name="check" />}
            </button>
          </li>
        ))}
      </ul>
      <p className="dialog-foot">
        <button type="button" className="button strong" onClick={onClose}>
          {texts.lora.done}
        </button>
      </p>
    </Dialog>
  );
}
