import { mustRunOnThisNode } from './node-version.ts';

/** The entry point of a cluster's worker process. Checks the version of Node before it loads anything else. */
mustRunOnThisNode();
const { work } = await import('./work.ts');
await work();
