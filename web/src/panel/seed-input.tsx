import { useTexts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { described } from './field.tsx';
import type { FormError } from './submit.ts';

const LARGEST = 2n ** 64n - 1n;

/** A random seed that is short enough to type. */
const drawSeed = (): string => String(crypto.getRandomValues(new Uint32Array(1))[0]!);

/** A seed with dice and lock; null: random. */
export function SeedInput({
  id,
  seed,
  errors,
  names,
  onChange,
}: {
  readonly id: string;
  readonly seed: string | null;
  readonly errors: readonly FormError[];
  /** Labels of its buttons. */
  readonly names: Readonly<Record<'seedDice' | 'seedLock' | 'seedFree', string>>;
  readonly onChange: (seed: string | null) => void;
}) {
  const texts = useTexts().more;
  const lockName = seed === null ? names.seedLock : names.seedFree;
  return (
    <div className="seed">
      <input
        id={id}
        inputMode="numeric"
        autoComplete="off"
        placeholder={texts.seedNew}
        value={seed ?? ''}
        {...described(id, errors)}
        onChange={({ target }) => {
          const digits = target.value.replace(/\D/g, '').slice(0, 20);
          onChange(digits === '' ? null : BigInt(digits) > LARGEST ? String(LARGEST) : digits);
        }}
      />
      <button
        type="button"
        className="icon-button"
        aria-label={names.seedDice}
        title={names.seedDice}
        onClick={() => {
          onChange(drawSeed());
        }}
      >
        <Icon name="dice" />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-pressed={seed !== null}
        aria-label={lockName}
        title={lockName}
        onClick={() => {
          onChange(seed === null ? drawSeed() : null);
        }}
      >
        <Icon name={seed === null ? 'unlock' : 'lock'} />
      </button>
    </div>
  );
}
