import { mustRunOnThisNode } from './node-version.ts';

/** The entry point of the API process. Everything else is loaded once the version of Node is known to do. */
mustRunOnThisNode();
const { serve } = await import('./serve.ts');
await serve();
