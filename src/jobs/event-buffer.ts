import { LatestByKey } from '../latest-values.ts';
import { isFinished } from './job.ts';
import type { JobEvent } from './queue.ts';

/**
 * The events on their way to one subscriber. One that falls behind loses steps (the newest wins) and outdated queue
 * positions, never another change; the terminal event drops a waiting step, is delivered last and ends the iteration.
 */
export class EventBuffer extends LatestByKey<JobEvent> {
  override push(event: JobEvent): void {
    super.push(event);
    if (isFinished(event.job.status)) this.end();
  }

  protected override keyOf({ type, job, sequence }: JobEvent): string {
    if (type === 'step' || isFinished(job.status)) return 'step';
    return type === 'queued' ? `queued ${job.history.length}` : String(sequence);
  }
}
