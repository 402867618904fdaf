import { ConnectionBar } from './header/connection-bar.tsx';
import { DropAnywhere } from './dialogs/drop-anywhere.tsx';
import { Header } from './header/header.tsx';
import { Panel } from './panel/panel.tsx';
import { Said } from './stage/said.tsx';
import { Stage } from './stage/stage.tsx';
import { Strip } from './strip/strip.tsx';
import { useTexts } from './texts/index.ts';
import { NARROW, useMedia } from './ui/media.ts';

/** The page. The DOM follows the eye: on a phone the picture comes first. */
export function App() {
  const texts = useTexts();
  const isNarrow = useMedia(NARROW);
  const panel = <Panel key="panel" />;
  const stage = <Stage key="stage" />;
  const strip = <Strip key="strip" />;
  return (
    <>
      <a href="#prompt" className="skip">
        {texts.nav.skip}
      </a>
      <Header />
      <ConnectionBar />
      <div className="make">{isNarrow ? [stage, strip, panel] : [panel, stage, strip]}</div>
      <Said />
      <DropAnywhere />
    </>
  );
}
