import { expectedSize } from '../jobs/job-size.ts';
import { imageAt, type Job } from '../jobs/jobs.ts';

/** Columns of the batch grid: 2 × 1, 2 × 2, 3 × 3 or 4 × 4. */
export const columnsFor = (count: number): number => (count <= 1 ? 1 : count <= 4 ? 2 : count <= 9 ? 3 : 4);

/** What the stage shows of a job: one picture, or all of its batch, in a frame of this size. */
export interface Shown {
  readonly isBatch: boolean;
  readonly isDone: boolean;
  /** The picture that is shown alone. */
  readonly index: number;
  readonly width: number;
  readonly height: number;
}

/** What the stage shows of a job where this picture is chosen; null: none of a batch. */
export function shownOf(job: Job, picture: number | null): Shown {
  const isDone = job.status === 'SUCCEEDED' && job.images.length > 0;
  const count = isDone ? job.images.length : job.input.batchSize;
  const isBatch = count > 1 && (picture === null || !isDone);
  const index = (imageAt(job, picture) ?? job.images[0])?.index ?? 0;
  const { width, height } = job.images[0] ?? expectedSize(job); // around a mask only a part is generated
  const columns = isBatch ? columnsFor(count) : 1;
  const rows = isBatch ? Math.ceil(count / columns) : 1;
  return { isBatch, isDone, index, width: width * columns, height: height * rows };
}
