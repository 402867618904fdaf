import { inspectCheckpoint } from './checkpoint/checkpoint.ts';
import { checkNetworks } from './networks/check.ts';

/** The process that looks at model files: answers each path with the summary of its checkpoint, 'no file' if it is missing. */

process.on('message', (path: string) => {
  inspectCheckpoint(path, checkNetworks).then(
    (summary) => process.send!(summary),
    () => process.send!('no file'),
  );
});
process.on('disconnect', () => process.exit(0));
// A Ctrl-C reaches the whole process group; the parent decides when this process ends.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
