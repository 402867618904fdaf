import type { Caller } from '../resolvers/caller.ts';
import type { InlineBudget } from '../resolvers/images.ts';
import type { JobLoader } from '../resolvers/jobs.ts';
import type { Services } from '../resolvers/services.ts';

/** What every field of one operation can reach. */
export interface Context {
  /** With the jobs and objects as the caller sees them. */
  readonly services: Services;
  readonly jobLoader: JobLoader;
  /** Images that the answer may still carry. */
  readonly inlineBudget: InlineBudget;
  /** Where the client reaches this server, without a trailing slash. */
  readonly baseUrl: string;
  /** Every beginning of an address that leads to this server. */
  readonly ownUrls: readonly string[];
  readonly caller: Caller;
}
