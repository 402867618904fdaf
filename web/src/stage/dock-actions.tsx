import { ENDPOINT } from '../api/client.ts';
import { pictureAddress } from '../api/picture-address.ts';
import { deleteLater, retry } from '../jobs/actions.ts';
import { imageAt, type Job } from '../jobs/jobs.ts';
import { sameAgain, vary } from '../panel/again.ts';
import { openModelPicker } from '../panel/model-dialog.ts';
import { go } from '../state/route.ts';
import { takeStored } from '../state/source.ts';
import { useTexts } from '../texts/index.ts';
import { canCopyPictures, copyPicture, copyText } from '../ui/copy.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { DownloadMenu } from './download-menu.tsx';
import { say } from './say.ts';

/** What can be done with a finished picture. */
export function DoneActions({ job, index }: { readonly job: Job; readonly index: number }) {
  const texts = useTexts();
  const words = texts.dock;
  const image = imageAt(job, index)!;
  const useAsSource = () => {
    const { id, width, height, sha256 } = image;
    takeStored({
      imageId: id,
      name: texts.source.resultName,
      width,
      height,
      address: pictureAddress(sha256),
    });
  };
  return (
    <div className="dock-buttons">
      <button type="button" className="button" onClick={useAsSource}>
        {words.useAsSource}
      </button>
      <button type="button" className="button wide-only" onClick={() => void sameAgain(job)}>
        {words.sameAgain}
      </button>
      <button type="button" className="button wide-only" onClick={() => void vary(job)}>
        {words.vary}
      </button>
      <DownloadMenu sha256={image.sha256} seed={image.seed} />
      <Menu label={words.more} className="icon-button" face={<Icon name="more" />}>
        <span className="narrow-only">
          <button type="button" onClick={() => void sameAgain(job)}>
            {words.sameAgain}
          </button>
          <button type="button" onClick={() => void vary(job)}>
            {words.vary}
          </button>
        </span>
        {canCopyPictures() ? (
          <button type="button" onClick={() => void copyImage(image.sha256, words)}>
            {words.copyPicture}
          </button>
        ) : (
          <a href={pictureAddress(image.sha256)} target="_blank" rel="noreferrer">
            {words.open}
          </a>
        )}
        <CopyAs job={job} />
        <button
          type="button"
          onClick={() => {
            void import('../panel/restore.ts').then(({ restoreJob }) => {
              restoreJob(job);
            });
          }}
        >
          {words.restore}
        </button>
        <Remove job={job} />
      </Menu>
    </div>
  );
}

/** The exact request as code, without the key. */
function CopyAs({ job }: { readonly job: Job }) {
  const words = useTexts().dock;
  return (['GraphQL', 'curl', 'TypeScript'] as const).map((language) => (
    <button
      key={language}
      type="button"
      onClick={() => {
        void import('../code/code.ts').then(async ({ codeFor }) => {
          say((await copyText(codeFor(job, language, String(ENDPOINT)))) ? words.copied : words.copyFailed);
        });
      }}
    >
      {words.copyAs(language)}
    </button>
  ));
}

async function copyImage(sha256: string, words: { copied: string; copyFailed: string }): Promise<void> {
  const png = fetch(pictureAddress(sha256)).then((answer) => answer.blob());
  try {
    await copyPicture(png);
    say(words.copied);
  } catch {
    say(words.copyFailed);
  }
}

function Remove({ job }: { readonly job: Job }) {
  const words = useTexts().dock;
  return (
    <button
      type="button"
      className="danger"
      onClick={() => {
        deleteLater(job);
        go({ job: null, picture: null });
      }}
    >
      {words.delete}
    </button>
  );
}

/** What can be done with a job that failed or was canceled: its remedy first. */
export function EndedActions({ job }: { readonly job: Job }) {
  const words = useTexts().dock;
  const again = () =>
    void retry(job.id).then((next) => {
      if (next) go({ job: next.id, picture: null });
    });
  const { error } = job;
  return (
    <div className="dock-buttons">
      {error?.code === 'CHECKPOINT_INVALID' && (
        <button type="button" className="button strong" onClick={openModelPicker}>
          {words.otherModel}
        </button>
      )}
      {error?.code === 'SOURCE_LOST' && (
        <button
          type="button"
          className="button strong"
          onClick={() => document.getElementById('source')?.click()}
        >
          {words.addAgain}
        </button>
      )}
      <button type="button" className="button" onClick={again}>
        {error ? words.tryAgain : words.makeAgain}
      </button>
      {error && (
        <button
          type="button"
          className="button"
          onClick={() => {
            void copyText(JSON.stringify({ id: job.id, error, input: job.input }, null, 2)).then(
              (isCopied) => {
                say(isCopied ? words.copied : words.copyFailed);
              },
            );
          }}
        >
          {words.copyReport}
        </button>
      )}
      <button
        type="button"
        className="button"
        onClick={() => {
          deleteLater(job);
          go({ job: null, picture: null });
        }}
      >
        {words.remove}
      </button>
    </div>
  );
}
