import { pictureAddress } from '../api/picture-address.ts';
import { deleteLater } from '../jobs/actions.ts';
import { imageAt, type Job } from '../jobs/jobs.ts';
import { sameAgain, vary } from '../panel/again.ts';
import { go } from '../state/route.ts';
import { takeStored } from '../state/source.ts';
import { useTexts } from '../texts/index.ts';
import { canCopyPictures, copyPicture } from '../ui/copy.ts';
import { DownloadMenu } from './download-menu.tsx';
import { JobMenu } from './job-menu.tsx';
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
      <JobMenu
        job={job}
        picture={index}
        before={
          <>
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
          </>
        }
        after={<Remove job={job} />}
      />
    </div>
  );
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
