import { change, form } from '../state/form.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { described, Field, useErrors } from './field.tsx';
import { clearErrors } from './submit.ts';

const LARGEST = 2n ** 64n - 1n;

/** A seed that is easy to read out and to type again. */
const drawSeed = (): string => String(crypto.getRandomValues(new Uint32Array(1))[0]!);

/** The seed that is kept, or a new one each time. */
export function SeedField() {
  const texts = useTexts().more;
  const { seed } = useStore(form);
  const errors = useErrors(['seed']);
  const set = (value: string | null) => {
    clearErrors('seed');
    change({ seed: value });
  };
  return (
    <Field id="seed" label={texts.seed} help={texts.seedHelp} errors={errors}>
      <div className="seed">
        <input
          id="seed"
          inputMode="numeric"
          autoComplete="off"
          placeholder={texts.seedNew}
          value={seed ?? ''}
          {...described('seed', errors)}
          onChange={({ target }) => {
            const digits = target.value.replace(/\D/g, '').slice(0, 20);
            set(digits === '' ? null : BigInt(digits) > LARGEST ? String(LARGEST) : digits);
          }}
        />
        <button
          type="button"
          className="icon-button"
          aria-label={texts.seedDice}
          title={texts.seedDice}
          onClick={() => {
            set(drawSeed());
          }}
        >
          <Icon name="dice" />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-pressed={seed !== null}
          aria-label={seed === null ? texts.seedLock : texts.seedFree}
          title={seed === null ? texts.seedLock : texts.seedFree}
          onClick={() => {
            set(seed === null ? drawSeed() : null);
          }}
        >
          <Icon name={seed === null ? 'unlock' : 'lock'} />
        </button>
      </div>
    </Field>
  );
}
