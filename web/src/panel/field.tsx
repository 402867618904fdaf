import { useState, type ReactNode } from 'react';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { isAbout, sending, type FormError } from './submit.ts';

/** The errors of these fields. */
export function useErrors(fields: readonly string[]): readonly FormError[] {
  const { errors } = useStore(sending);
  return errors.filter((error) => isAbout(error, fields));
}

/** ARIA attributes that link a control to its help and errors. */
export const described = (id: string, errors: readonly FormError[]) => ({
  'aria-describedby': errors.length > 0 ? `${id}-help ${id}-errors` : `${id}-help`,
  'aria-invalid': errors.length > 0,
});

/** Errors beside the control that they are about. */
export const Errors = ({
  id,
  errors,
  children,
}: {
  readonly id: string;
  readonly errors: readonly FormError[];
  readonly children?: ReactNode;
}) => (
  <div id={`${id}-errors`} className="errors" role="alert">
    {errors.map(({ message }) => (
      <p key={message} className="error">
        <Icon name="warn" /> {message}
      </p>
    ))}
    {errors.length > 0 && children}
  </div>
);

/** A labelled control with its help and its errors. `of` is the control's id; without one the label names a group. */
export function Field({
  id,
  label,
  note,
  help,
  errors = [],
  isGroup = false,
  children,
}: {
  readonly id: string;
  readonly label: string;
  readonly note?: ReactNode;
  readonly help: string;
  readonly errors?: readonly FormError[];
  readonly isGroup?: boolean;
  readonly children?: ReactNode;
}) {
  const texts = useTexts();
  const [isHelpShown, setHelpShown] = useState(false);
  return (
    <div className="field">
      <div className="field-head">
        {isGroup ? (
          <span className="label" id={`${id}-label`}>
            {label}
          </span>
        ) : (
          <label className="label" htmlFor={id}>
            {label}
          </label>
        )}
        <button
          type="button"
          className="info"
          tabIndex={-1}
          title={help}
          aria-label={texts.help(label)}
          aria-expanded={isHelpShown}
          onClick={() => {
            setHelpShown(!isHelpShown);
          }}
        >
          <Icon name="info" size={14} />
        </button>
        <span className="note field-note">{note}</span>
      </div>
      <p id={`${id}-help`} className={isHelpShown ? 'note help' : 'unseen'}>
        {help}
      </p>
      {children}
      <Errors id={id} errors={errors} />
    </div>
  );
}
