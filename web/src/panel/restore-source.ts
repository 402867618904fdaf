import { pictureAddress } from '../api/picture-address.ts';
import { fetchPicture } from '../api/source-address.ts';
import { attempt } from '../jobs/actions.ts';
import type { Job } from '../jobs/jobs.ts';
import { presentKey } from '../state/key.ts';
import { takeFile, takeMask, takeStored } from '../state/source.ts';
import { presentTexts } from '../texts/index.ts';

/** Takes a job's source and mask into the form. */
export const restoreSource = ({ input: { source, mask } }: Job): Promise<unknown> =>
  attempt(async () => {
    if (!source) return;
    const { id, sha256, width, height } = source;
    const name = presentTexts().source.ofJob;
    const painted = mask && (await fetchPicture(mask.image.sha256));
    // With API keys an <img> cannot load a source by its address.
    if (presentKey() === null) {
      takeStored({ imageId: id, name, width, height, address: pictureAddress(sha256) });
    } else await takeFile(await fetchPicture(sha256), name);
    if (painted) takeMask(painted);
  });
