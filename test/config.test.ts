import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

describe('the settings', () => {
  it.each([
    ['7d', 604_800_000],
    ['12h', 43_200_000],
    ['90m', 5_400_000],
    [' 1.5 D ', 129_600_000],
    ['0', 0],
    ['', 604_800_000],
  ])('read RETENTION=%s as %i milliseconds', (text, milliseconds) => {
    expect(readConfig({ RETENTION: text }).retention).toBe(milliseconds);
  });

  it.each(['7', 'd', '-1d', '9m', '1w', '1e3d', '40000d'])('refuse RETENTION=%s and say why', (text) => {
    expect(() => readConfig({ RETENTION: text })).toThrow(ConfigError);
    expect(() => readConfig({ RETENTION: text })).toThrow(
      `RETENTION: expected 0 or a time from 10m to 36500d, such as 90s, 30m, 12h or 7d, got "${text}"`,
    );
  });

  it('give a running job seven seconds to end when the server is asked to, or as many as DRAIN_TIMEOUT says', () => {
    expect(readConfig({}).drainTimeout).toBe(7000);
    expect(readConfig({ DRAIN_TIMEOUT: '2m' }).drainTimeout).toBe(120_000);
    expect(readConfig({ DRAIN_TIMEOUT: '0' }).drainTimeout).toBe(0);
  });

  it('name every wrong variable at once', () => {
    expect(() => readConfig({ RETENTION: 'x', QUEUE_LIMIT: '0' })).toThrow(/QUEUE_LIMIT: [^]*RETENTION: /);
  });
});
