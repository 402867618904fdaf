import { useEffect } from 'react';
import { jobs } from '../jobs/jobs.ts';
import { engine, loadEngine } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';

/** Polling interval while no device works, in milliseconds. */
const PROBLEM_INTERVAL = 10_000;

/** The device and its state; reloaded when a job starts or ends. */
export function EngineState() {
  const texts = useTexts().engine;
  const now = useStore(engine);
  const { list } = useStore(jobs);
  const running = list.filter(({ status }) => status === 'RUNNING').length;
  useEffect(() => {
    void loadEngine();
  }, [running]);
  const device = now?.devices.find(({ problem }) => problem == null);
  const hasProblem = now !== null && !device;
  useEffect(() => {
    if (!hasProblem) return undefined;
    const looking = setInterval(() => void loadEngine(), PROBLEM_INTERVAL);
    return () => {
      clearInterval(looking);
    };
  }, [hasProblem]);
  if (!now) return <span className="engine-state" />;
  const state = now.paused ? 'paused' : running > 0 || now.running > 0 ? 'working' : 'ready';
  const shown = device ?? now.devices[0];
  const words = shown
    ? texts.state(deviceName(shown.provider), device ? texts[state] : texts.failed)
    : texts.none;
  return (
    <span className={`engine-state engine-${device ? state : 'none'}`}>
      <span className="dot" aria-hidden="true" /> {words}
    </span>
  );
}

/** The display name of a device. */
export const deviceName = (provider: string): string => provider.toUpperCase();
