import type { ReactNode } from 'react';
import { ENDPOINT } from '../api/client.ts';
import { shownSettings } from '../dialogs/shown-settings.ts';
import type { Job } from '../jobs/jobs.ts';
import { useTexts } from '../texts/index.ts';
import { copyText } from '../ui/copy.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { say } from './say.ts';

/** The "More" menu of a job: its settings, with further entries before and after. */
export function JobMenu({
  job,
  picture,
  before,
  after,
}: {
  readonly job: Job;
  readonly picture: number | null;
  readonly before?: ReactNode;
  readonly after?: ReactNode;
}) {
  const words = useTexts().dock;
  return (
    <Menu label={words.more} className="icon-button" face={<Icon name="more" />}>
      {before}
      <button
        type="button"
        onClick={() => {
          shownSettings.set({ job, picture });
        }}
      >
        {words.showSettings}
      </button>
      <button type="button" onClick={() => void restored(job)}>
        {words.restore}
      </button>
      <CopyAs job={job} />
      {after}
    </Menu>
  );
}

/** Takes the settings of a job into the form. */
export async function restored(job: Job): Promise<void> {
  const { restoreJob } = await import('../panel/restore.ts');
  restoreJob(job);
}

/** Copies a text and reports the outcome. */
export async function copied(text: string, words: { copied: string; copyFailed: string }): Promise<void> {
  say((await copyText(text)) ? words.copied : words.copyFailed);
}

/** The exact request as code, without the key. */
function CopyAs({ job }: { readonly job: Job }) {
  const words = useTexts().dock;
  return (['GraphQL', 'curl', 'TypeScript'] as const).map((language) => (
    <button
      key={language}
      type="button"
      onClick={() => {
        void import('../code/code.ts').then(({ codeFor }) =>
          copied(codeFor(job, language, String(ENDPOINT)), words),
        );
      }}
    >
      {words.copyAs(language)}
    </button>
  ));
}
