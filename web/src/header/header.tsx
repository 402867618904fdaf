import { jobs } from '../jobs/jobs.ts';
import { hasEnded } from '../jobs/merge-jobs.ts';
import { go, route, type Route } from '../state/route.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { EngineState } from './engine-state.tsx';
import { MainMenu } from './main-menu.tsx';
import { isDark, switchTheme, theme } from './theme.ts';

/** The name, the views, what the engine does, and the menu. */
export function Header() {
  const texts = useTexts();
  const { view } = useStore(route);
  const { list } = useStore(jobs);
  useStore(theme); // which the button shows
  const inQueue = list.filter((job) => !hasEnded(job)).length;
  const link = (to: Route['view'], label: string, count = 0) => (
    <a
      href={to === 'make' ? '?' : `?view=${to}`}
      className={`nav-link nav-${to}`}
      aria-current={view === to ? 'page' : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go({ view: to, compare: [] });
      }}
    >
      {label}
      {count > 0 && (
        <span className="badge" aria-label={texts.nav.inQueue(count)}>
          {count}
        </span>
      )}
    </a>
  );
  return (
    <header className="header">
      <a
        href="?"
        className="brand"
        onClick={(event) => {
          event.preventDefault();
          go({ view: 'make' });
        }}
      >
        <img src="favicon.svg" width="16" height="16" alt="" /> LatentQL
      </a>
      <nav className="nav" aria-label={texts.nav.views}>
        {link('make', texts.nav.make)}
        {link('gallery', texts.nav.gallery)}
        {link('queue', texts.nav.queue, inQueue)}
      </nav>
      <div className="header-end">
        <EngineState />
        <a
          href="graphql"
          className="icon-button wide-only"
          aria-label={texts.menu.playground}
          title={texts.menu.playground}
        >
          <Icon name="code" size={18} />
        </a>
        <button
          type="button"
          className="icon-button wide-only"
          aria-label={texts.menu.switchTheme}
          title={texts.menu.switchTheme}
          onClick={switchTheme}
        >
          <Icon name={isDark() ? 'moon' : 'sun'} size={18} />
        </button>
        <MainMenu />
      </div>
    </header>
  );
}
