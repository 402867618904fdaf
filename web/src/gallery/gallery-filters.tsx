import { models } from '../state/resources.ts';
import { go, route } from '../state/route.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';

/** Search text, model, date and state. All but the text are kept in the URL. */
export function GalleryFilters({
  text,
  onText,
}: {
  readonly text: string;
  readonly onText: (text: string) => void;
}) {
  const texts = useTexts();
  const words = texts.gallery;
  const { model, status, from } = useStore(route);
  const known = useStore(models) ?? [];
  return (
    <form
      className="filters"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <input
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={text}
        onChange={({ target }) => {
          onText(target.value);
        }}
      />
      <select
        aria-label={texts.model.label}
        value={model ?? ''}
        onChange={({ target }) => {
          go({ model: target.value || null }, { replace: true });
        }}
      >
        <option value="">{words.anyModel}</option>
        {known.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <select
        aria-label={words.state}
        value={status ?? 'SUCCEEDED'}
        onChange={({ target }) => {
          go({ status: target.value === 'SUCCEEDED' ? null : target.value }, { replace: true });
        }}
      >
        {(['SUCCEEDED', 'FAILED', 'CANCELED'] as const).map((one) => (
          <option key={one} value={one}>
            {words.states[one]}
          </option>
        ))}
      </select>
      <label className="since">
        <span className="note">{words.since}</span>
        <input
          type="date"
          value={from ?? ''}
          onChange={({ target }) => {
            go({ from: target.value || null }, { replace: true });
          }}
        />
      </label>
    </form>
  );
}
