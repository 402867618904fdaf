import { mustRunOnThisNode } from './node-version.ts';

/** The entry point of a cluster's worker process. Everything else is loaded once the version of Node is known to do. */
mustRunOnThisNode();
const { work } = await import('./work.ts');
await work();
