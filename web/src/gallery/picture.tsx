import { thumbnailAddress } from '../api/picture-address.ts';
import { useSourceAddress } from '../api/source-address.ts';
import { imageAt, type TileJob } from '../jobs/jobs.ts';
import { promptWords } from '../jobs/prompt-words.ts';
import { wordsOf } from '../strip/tile.tsx';
import { useTexts } from '../texts/index.ts';

/** The id of a picture in the URL of a comparison. */
export const pictureId = (job: TileJob, index: number): string => `${job.id}:${index}`;

/** A square tile: a press opens it, Space or its checkbox selects it. */
export function Picture({
  job,
  index,
  isSelected,
  onSelect,
  onOpen,
}: {
  readonly job: TileJob;
  readonly index: number;
  readonly isSelected: boolean;
  readonly onSelect: (id: string) => void;
  readonly onOpen: (job: TileJob, index: number) => void;
}) {
  const texts = useTexts();
  const id = pictureId(job, index);
  const image = imageAt(job, index);
  const source = useSourceAddress(image ? undefined : job.input.source?.sha256);
  const address = image ? thumbnailAddress(image.sha256, 256) : source;
  const words = wordsOf(job, 0, texts);
  const prompt = promptWords(job, texts);
  return (
    <li className={`gallery-picture ${isSelected ? 'is-selected' : ''}`}>
      <button
        type="button"
        className="gallery-open"
        aria-label={words === null ? prompt : texts.strip.tile(words, prompt, 1)}
        title={prompt}
        onKeyDown={(event) => {
          if (event.key !== ' ') return;
          event.preventDefault();
          onSelect(id);
        }}
        onKeyUp={(event) => {
          if (event.key === ' ') event.preventDefault();
        }}
        onClick={() => {
          onOpen(job, index);
        }}
      >
        {address === null ? (
          <span className="tile-blank" />
        ) : (
          <img src={address} width="256" height="256" alt="" loading="lazy" decoding="async" />
        )}
        {words !== null && (
          <span className="tile-words" aria-hidden="true">
            {words}
          </span>
        )}
      </button>
      <label className="gallery-mark">
        <input
          type="checkbox"
          aria-label={texts.gallery.select(prompt)}
          checked={isSelected}
          onChange={() => {
            onSelect(id);
          }}
        />
      </label>
    </li>
  );
}
