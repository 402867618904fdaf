import process from 'node:process';

/** `npm run demo`: says that it starts, then loads the rest, which takes a slow machine seconds. */
process.stdout.write('starting the server …\n');
await import('tsx');
await import('./main.ts');
