import { useTexts } from '../texts/index.ts';
import { Dialog } from '../ui/dialog.tsx';
import { isShortcutsOpen } from './shortcuts.ts';

/** The keys of the page. */
export default function ShortcutsDialog() {
  const texts = useTexts().shortcuts;
  return (
    <Dialog
      title={texts.title}
      onClose={() => {
        isShortcutsOpen.set(false);
      }}
    >
      <dl className="shortcuts">
        {texts.list.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
