import { pictureAddress } from '../api/picture-address.ts';
import { useSourceAddress } from '../api/source-address.ts';
import { sourceStyle } from '../jobs/job-size.ts';
import { imageAt, type Job } from '../jobs/jobs.ts';
import { promptWords } from '../jobs/prompt-words.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Compared } from './compared.tsx';
import { HeldSource } from './running.tsx';
import { isSourceHeld, view } from './view.ts';

const SHOWN = { result: 'above', compare: 'both', source: 'below' } as const;

/** A finished picture, its source, or both compared. */
export function Finished({ job, index }: { readonly job: Job; readonly index: number }) {
  const texts = useTexts();
  const words = texts.stage;
  const chosen = useStore(view);
  const isHeld = useStore(isSourceHeld);
  const source = useSourceAddress(job.input.source?.sha256);
  const image = imageAt(job, index)!;
  const shown = source === null ? 'above' : SHOWN[isHeld ? 'source' : chosen];
  return (
    <>
      <Compared
        below={
          source === null
            ? null
            : { address: source, alt: words.altSource, tag: words.before, style: sourceStyle(job) }
        }
        above={{
          address: pictureAddress(image.sha256),
          alt: words.altResult(promptWords(job, texts)),
          tag: words.after,
          style: { objectFit: 'fill' },
        }}
        shown={shown}
        pictureWidth={image.width}
      />
      {shown === 'above' && <HeldSource job={job} />}
    </>
  );
}
