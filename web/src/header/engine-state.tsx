import { useEffect } from 'react';
import { jobs } from '../jobs/jobs.ts';
import { engine, loadEngine } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';

/** The device and its state; reloaded when a job starts or ends. */
export function EngineState() {
  const texts = useTexts().engine;
  const now = useStore(engine);
  const { list } = useStore(jobs);
  const running = list.filter(({ status }) => status === 'RUNNING').length;
  useEffect(() => {
    void loadEngine();
  }, [running]);
  if (!now) return <span className="engine-state" />;
  const device = now.devices.find(({ problem }) => problem == null);
  const state = now.paused ? 'paused' : running > 0 || now.running > 0 ? 'working' : 'ready';
  const words = device ? texts.state(deviceName(device.provider), texts[state]) : texts.none;
  return (
    <span className={`engine-state engine-${device ? state : 'none'}`}>
      <span className="dot" aria-hidden="true" /> {words}
    </span>
  );
}

/** The display name of a device. */
export const deviceName = (provider: string): string => provider.toUpperCase();
