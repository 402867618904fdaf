import { pictureAddress } from '../api/addresses.ts';
import type { Job } from '../jobs/jobs.ts';

/** Where the source of a job is; null for one that was made from words alone. */
export const sourceAddress = ({ input: { source } }: Job): string | null =>
  source == null ? null : pictureAddress(source.sha256);
