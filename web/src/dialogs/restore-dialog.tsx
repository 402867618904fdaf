import { changesBy, lostIn, namesIn, statedFields } from '../panel/restorable.ts';
import { restoreFields } from '../panel/restore.ts';
import { form } from '../state/form.ts';
import { extras, models } from '../state/resources.ts';
import { takeFile } from '../state/source.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Dialog } from '../ui/dialog.tsx';
import { offered, type Offered } from './offered.ts';
import { labelsOf, valueText } from './setting-words.ts';

/** Asks whether to use a dropped picture, its settings or both, and lists what would change. */
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
  const labels = labelsOf(texts);
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
                <span className="note">{valueText(field, from, texts)}</span> → {valueText(field, to, texts)}
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
