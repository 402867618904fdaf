import { deviceName } from '../header/engine-state.tsx';
import { engine } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { bytesText } from '../ui/bytes.ts';

/** The devices: why each was chosen, its memory and loaded models. */
export function Devices() {
  const words = useTexts().queue;
  const now = useStore(engine);
  if (!now) return null;
  return (
    <section className="devices" aria-labelledby="devices">
      <h2 id="devices">{words.devices}</h2>
      {now.devices.length === 0 && <p className="note">{words.noDevices}</p>}
      <ul className="rows">
        {now.devices.map((device, i) => (
          <li className="row device" key={`${device.worker ?? ''} ${device.provider} ${i}`}>
            <div className="row-words">
              <p className="row-prompt">
                {deviceName(device.provider)}
                {device.worker != null && ` (${device.worker})`}
              </p>
              <p className={device.problem == null ? 'note' : 'error'}>{device.problem ?? device.reason}</p>
            </div>
            <dl className="facts">
              <div>
                <dt>{words.state}</dt>
                <dd>{words.states[device.state]}</dd>
              </div>
              <div>
                <dt>{words.precision}</dt>
                <dd>{device.precision ?? '–'}</dd>
              </div>
              <div>
                <dt>{words.memory}</dt>
                <dd>{words.of(bytesText(device.residentBytes), bytesText(now.memoryLimit))}</dd>
              </div>
              <div>
                <dt>{words.models}</dt>
                <dd>{device.loaded.join(', ') || '–'}</dd>
              </div>
            </dl>
          </li>
        ))}
      </ul>
    </section>
  );
}
