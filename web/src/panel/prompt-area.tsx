import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { form } from '../state/form.ts';
import { extras, type Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { mentionAt, suggestionsFor, withEmbedding, type Mention } from './embedding-words.ts';
import { described } from './field.tsx';
import type { FormError } from './submit.ts';

/** A prompt field with suggestions for embeddings. */
export function PromptArea({
  id,
  value,
  family,
  errors,
  isOneLine = false,
  isDisabled = false,
  maxLength,
  placeholder,
  onChange,
}: {
  readonly id: string;
  readonly value: string;
  readonly family: Model['family'] | undefined;
  readonly errors: readonly FormError[];
  readonly isOneLine?: boolean;
  readonly isDisabled?: boolean;
  readonly maxLength: number | undefined;
  readonly placeholder: string;
  readonly onChange: (value: string) => void;
}) {
  const texts = useTexts().prompt;
  const { promptStyle } = useStore(form);
  const { embeddings } = useStore(extras);
  const area = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number | null>(null);
  const [mention, setMention] = useState<Mention | null>(null);
  const [active, setActive] = useState(-1);
  const names = mention ? suggestionsFor(mention, embeddings, family) : [];
  const isOpen = names.length > 0;
  useLayoutEffect(() => {
    if (caret.current === null) return;
    area.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });
  const close = () => {
    setMention(null);
  };
  const take = (name: string) => {
    const next = withEmbedding(value, mention!, name, promptStyle);
    caret.current = next.caret;
    onChange(next.prompt);
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen || event.ctrlKey || event.metaKey) return;
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (way !== undefined) setActive((active + way + names.length) % names.length);
    else if (event.key === 'Escape') close();
    else if ((event.key === 'Enter' || event.key === 'Tab') && names[active] !== undefined)
      take(names[active]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="prompt-area">
      <textarea
        ref={area}
        id={id}
        className={isOneLine ? 'one-line' : ''}
        rows={isOneLine ? 1 : 3}
        maxLength={maxLength}
        placeholder={placeholder}
        value={value}
        disabled={isDisabled}
        {...described(id, errors)}
        {...(isOpen && {
          'aria-autocomplete': 'list' as const,
          'aria-controls': `${id}-embeddings`,
          'aria-activedescendant': active < 0 ? undefined : `${id}-embedding-${active}`,
        })}
        onChange={({ target }) => {
          const found = mentionAt(target.value, target.selectionStart);
          setMention(found);
          setActive(found?.isSure ? 0 : -1);
          onChange(target.value);
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      {isOpen && (
        <ul className="suggestions" id={`${id}-embeddings`} role="listbox" aria-label={texts.embeddings}>
          {names.map((name, i) => (
            <li
              key={name}
              id={`${id}-embedding-${i}`}
              role="option"
              aria-selected={i === active}
              onPointerDown={(event) => {
                event.preventDefault(); // the field keeps the focus
              }}
              onClick={() => {
                take(name);
              }}
            >
              {name}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
