import { Suspense } from 'react';
import { DropAnywhere } from './dialogs/drop-anywhere.tsx';
import { offered } from './dialogs/offered.ts';
import { shownSettings } from './dialogs/shown-settings.ts';
import { ConnectionBar } from './header/connection-bar.tsx';
import { Header } from './header/header.tsx';
import { isShortcutsOpen } from './keys/shortcuts.ts';
import { useKeys } from './keys/use-keys.ts';
import { Panel } from './panel/panel.tsx';
import { Announcer } from './stage/announcer.tsx';
import { Said } from './stage/said.tsx';
import { Stage } from './stage/stage.tsx';
import { keyQuestion } from './state/key.ts';
import { route } from './state/route.ts';
import { useStore } from './state/store.ts';
import { Strip } from './strip/strip.tsx';
import { useTexts } from './texts/index.ts';
import { lazyPart } from './ui/lazy-part.ts';
import { NARROW, useMedia } from './ui/media.ts';

const Gallery = lazyPart(() => import('./gallery/gallery.tsx'));
const Queue = lazyPart(() => import('./queue/queue.tsx'));
const KeyDialog = lazyPart(() => import('./dialogs/key-dialog.tsx'));
const RestoreDialog = lazyPart(() => import('./dialogs/restore-dialog.tsx'));
const SettingsDialog = lazyPart(() => import('./dialogs/settings-dialog.tsx'));
const ShortcutsDialog = lazyPart(() => import('./keys/shortcuts-dialog.tsx'));

/** The page. The DOM follows the eye: on a phone the picture comes first. */
export function App() {
  const texts = useTexts();
  const isNarrow = useMedia(NARROW);
  const { view } = useStore(route);
  const picture = useStore(offered);
  const shown = useStore(shownSettings);
  const areKeysShown = useStore(isShortcutsOpen);
  const question = useStore(keyQuestion);
  useKeys();
  const panel = <Panel key="panel" />;
  const stage = <Stage key="stage" />;
  const strip = <Strip key="strip" />;
  return (
    <>
      <a href={view === 'make' ? '#prompt' : '#page'} className="skip">
        {view === 'make' ? texts.nav.skip : texts.nav.skipToPage}
      </a>
      <Header />
      <ConnectionBar />
      {view === 'make' && (
        <div className="make">{isNarrow ? [stage, strip, panel] : [panel, stage, strip]}</div>
      )}
      <Suspense
        fallback={
          <main id="page" className="page">
            <h1 className="unseen">{view === 'queue' ? texts.nav.queue : texts.nav.gallery}</h1>
          </main>
        }
      >
        {view === 'gallery' && <Gallery />}
        {view === 'queue' && <Queue />}
      </Suspense>
      {/* Apart, so that the page behind a dialog stays while its code comes. */}
      <Suspense>
        {picture && <RestoreDialog picture={picture} />}
        {shown && <SettingsDialog shown={shown} />}
        {question !== 'none' && <KeyDialog />}
        {areKeysShown && <ShortcutsDialog />}
      </Suspense>
      <Announcer />
      <Said />
      <DropAnywhere />
    </>
  );
}
