import { changesBy, lostIn, namesIn, statedFields } from '../panel/restorable.ts';
import { restoreFields } from '../panel/restore.ts';
import { form, type Form } from '../state/form.ts';
import { extras, models } from '../state/resources.ts';
import { takeFile } from '../state/source.ts';
import { useStore } from '../state/store.ts';
import { useTexts, type Texts } from '../texts/index.ts';
import { Dialog } from '../ui/dialog.tsx';
import { offered, type Offered } from './offered.ts';

/** What is wanted of a picture that carries settings: the picture, its settings or both. Lists what would change. */
export default function RestoreDialog({ picture }: { readonly picture: Offered }) {
  const texts = useTexts();
  const words = texts.restore;
  const present = useStore(form);
  const here = namesIn(useStore(extras), useStore(models) ?? []);
  const fields = statedFields(picture.settings, here);
  const changes = changesBy(fields, present);
  const isInverted = picture.settings.mask?.invert === true;
  const lost = [...lostIn(picture.settings, words.notHere, here), ...(isInverted ? [words.invertMask] : [])];
  const close = () => {
    offered.set(null);
  };
  const take = () => void takeFile(picture.file, picture.name);
  const restore = () => {
    restoreFields(fields);
  };
  const choices = [
    { label: words.useAsSource, run: take },
    { label: words.settings, run: restore },
    {
      label: words.both,
      run: () => {
        restore();
        take();
      },
    },
  ];
  const labels: Partial<Record<keyof Form, string>> = {
    ...words.fields,
    ...texts.fine.labels,
    ...texts.extend.sides,
    extendFeather: texts.extend.feather,
    resizeMode: texts.source.resizeMode,
    ...maskLabels(texts.mask),
  };
  const shown = (value: Form[keyof Form]) => textOf(value) || words.none;
  return (
    <Dialog title={words.title} className="restore" onClose={close}>
      <p className="note">{words.from(picture.settings.tool ?? '')}</p>
      <h3>{words.changes}</h3>
      {changes.length === 0 ? (
        <p>{words.same}</p>
      ) : (
        <dl className="changes">
          {changes.map(({ field, from, to }) => (
            <div key={field}>
              <dt>{labels[field]}</dt>
              <dd>
                <span className="note">{shown(from)}</span> → {shown(to)}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {lost.length > 0 && (
        <>
          <h3>{words.cannot}</h3>
          <ul className="lost">
            {lost.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
      <p className="dialog-foot">
        {choices.map(({ label, run }, i) => (
          <button
            key={label}
            type="button"
            className={i === 2 ? 'button strong' : 'button'}
            onClick={() => {
              close();
              run();
            }}
          >
            {label}
          </button>
        ))}
      </p>
    </Dialog>
  );
}

/** The settings of a mask by their names, which stand elsewhere beside one. */
function maskLabels({
  label,
  labels,
  areaLabel,
  fillLabel,
}: Texts['mask']): Partial<Record<keyof Form, string>> {
  const names = { maskArea: areaLabel, maskFill: fillLabel, ...labels };
  return Object.fromEntries(Object.entries(names).map(([field, name]) => [field, `${label}: ${name}`]));
}

/** LoRAs and controls by name and strength, anything else as it is. */
const textOf = (value: Form[keyof Form]): string =>
  typeof value === 'object' && value !== null
    ? value.map((one) => `${'name' in one ? one.name : one.model} ${one.strength}`).join(', ')
    : String(value ?? '');
