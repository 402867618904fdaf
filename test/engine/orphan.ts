import { startEngine } from '../../src/engine/index.ts';
import { task } from './tasks.ts';

/** A parent to be killed: says the process id of its engine at the beginning of a long step. */
const engine = startEngine({ device: 'cpu', memoryLimit: 2 ** 30 });
await engine.run(task({ steps: 150, width: 1024, height: 1024, image: null, denoise: 1 }), {
  signal: new AbortController().signal,
  onEvent: (event) => {
    if (event.type !== 'stage' || event.stage !== 'SAMPLING') return;
    void engine.status().then(({ processId }) => {
      console.log(processId);
    });
  },
});
