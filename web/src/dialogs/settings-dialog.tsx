import { restoreSource } from '../panel/restore-source.ts';
import { restoreJob } from '../panel/restore.ts';
import { models } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Dialog } from '../ui/dialog.tsx';
import { settingLines } from './job-settings.ts';
import { shownSettings, type ShownSettings } from './shown-settings.ts';

/** All settings of a job, with buttons that take them or the source into the form. */
export default function SettingsDialog({ shown }: { readonly shown: ShownSettings }) {
  const texts = useTexts();
  const lines = settingLines(shown, useStore(models) ?? [], texts);
  const { job } = shown;
  const close = () => {
    shownSettings.set(null);
  };
  return (
    <Dialog title={texts.settings.title} className="restore" onClose={close}>
      <dl className="changes">
        {lines.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <p className="dialog-foot">
        {job.input.source && (
          <button
            type="button"
            className="button"
            onClick={() => {
              close();
              void restoreSource(job);
            }}
          >
            {texts.settings.useSource}
          </button>
        )}
        <button
          type="button"
          className="button strong"
          onClick={() => {
            close();
            restoreJob(job);
          }}
        >
          {texts.dock.restore}
        </button>
      </p>
    </Dialog>
  );
}
