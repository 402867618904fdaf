import { Redis } from 'ioredis';

/** Milliseconds that each figure is measured for. */
const TIME = 2000;

/** Commands under way at a time: enough to keep Redis busy. */
const UNDER_WAY = 64;

/** What a Redis carries of the bare commands that the fleet's work comes down to. */
export async function measureRedis(url: string, sizes: { record: number; message: number }) {
  const redis = new Redis(url);
  const record = Buffer.alloc(sizes.record, 'x');
  const message = Buffer.alloc(sizes.message, 'x');

  async function rate(command: (i: number) => Promise<unknown>): Promise<number> {
    let count = 0;
    const end = performance.now() + TIME;
    const repeat = async () => {
      while (performance.now() < end) await command(count++);
    };
    await Promise.all(Array.from({ length: UNDER_WAY }, repeat));
    return Math.round(count / (TIME / 1000));
  }

  return Promise.resolve({
    close: () => {
      redis.disconnect();
    },
    /** Seconds of processor time that Redis has used so far. */
    processorTime: async (): Promise<number> => {
      const info = await redis.info('cpu');
      const seconds = (kind: string) => Number(new RegExp(`^used_cpu_${kind}:(\\S+)`, 'm').exec(info)?.[1]);
      return seconds('sys') + seconds('user');
    },
    setFsync: (policy: 'always' | 'everysec') => redis.config('SET', 'appendfsync', policy),
    /** A job's record and its place in the line, in one transaction. */
    writes: () =>
      rate((i) =>
        redis
          .multi()
          .hset('bare:record', String(i % 1000), record)
          .zadd('bare:line', i, i % 1000)
          .exec(),
      ),
    /** The last event and its telling, as a report does them; counted where they arrive. */
    messages: async (): Promise<number> => {
      const subscriber = new Redis(url);
      await subscriber.subscribe('bare:events');
      let arrived = 0;
      subscriber.on('messageBuffer', () => arrived++);
      await rate(() =>
        redis.multi().set('bare:last', message, 'PX', 60_000).publish('bare:events', message).exec(),
      );
      subscriber.disconnect();
      return Math.round(arrived / (TIME / 1000));
    },
  });
}
