import { mustRunOnThisNode } from './node-version.ts';

/** The entry point of the API process. Checks the version of Node before it loads anything else. */
mustRunOnThisNode();
const { serve } = await import('./serve.ts');
await serve();
