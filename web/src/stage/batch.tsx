import { pictureAddress } from '../api/picture-address.ts';
import type { Job } from '../jobs/jobs.ts';
import { promptWords } from '../jobs/prompt-words.ts';
import { go } from '../state/route.ts';
import { useTexts } from '../texts/index.ts';
import { columnsFor } from './frame-size.ts';

/** All pictures of a job; a press enlarges one. */
export function Batch({ job }: { readonly job: Job }) {
  const texts = useTexts();
  const columns = columnsFor(job.images.length);
  return (
    <div className="batch" style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}>
      {job.images.map((image) => (
        <button
          key={image.id}
          type="button"
          aria-label={texts.dock.picture(image.index + 1)}
          onClick={() => {
            go({ picture: image.index });
          }}
        >
          <img
            src={pictureAddress(image.sha256)}
            width={image.width}
            height={image.height}
            alt={texts.stage.altResult(promptWords(job, texts))}
          />
        </button>
      ))}
    </div>
  );
}
