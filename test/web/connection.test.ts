import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

describe('the connection that the page shows', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('addEventListener', vi.fn()); // a browser's: it calls when the network is there again
    vi.resetModules();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const open = () => import('../../web/src/api/connection.ts');

  it('counts as lost after three seconds, however often one tries to connect meanwhile', async () => {
    const { connection, noteClosed, noteOpen } = await open();
    noteOpen();
    noteClosed(1006);
    vi.advanceTimersByTime(1000);
    noteClosed(1006);
    vi.advanceTimersByTime(1900);
    noteClosed(1006);
    expect(connection.get()).toBe('open');
    vi.advanceTimersByTime(100);
    expect(connection.get()).toBe('lost');
  });

  it('is not shown as lost where it was there again within that time', async () => {
    const { connection, noteClosed, noteOpen } = await open();
    noteOpen();
    noteClosed(1006);
    vi.advanceTimersByTime(2000);
    noteOpen();
    vi.advanceTimersByTime(10_000);
    expect(connection.get()).toBe('open');
    noteClosed(1006);
    vi.advanceTimersByTime(3000);
    expect(connection.get()).toBe('lost');
    noteOpen();
    expect(connection.get()).toBe('back');
    vi.advanceTimersByTime(3000);
    expect(connection.get()).toBe('open');
  });

  it('is a restart at once where the server says that it goes', async () => {
    const { connection, noteClosed, noteOpen } = await open();
    noteOpen();
    noteClosed(1006);
    noteClosed(1001);
    expect(connection.get()).toBe('restarting');
    vi.advanceTimersByTime(10_000);
    expect(connection.get()).toBe('restarting');
    noteOpen();
    expect(connection.get()).toBe('back');
  });
});
