import { isShortcutsOpen } from '../keys/shortcuts.ts';
import { forgetKey, presentKey } from '../state/key.ts';
import { useStore } from '../state/store.ts';
import { LANGUAGES, speak, useTexts, type Language } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { theme, THEMES, wear } from './theme.ts';

/** Language, theme, the playground, the keys. */
export function MainMenu() {
  const texts = useTexts();
  const words = texts.menu;
  const worn = useStore(theme);
  return (
    <Menu label={words.open} className="icon-button" face={<Icon name="menu" size={18} />}>
      <a href="graphql">{words.playground}</a>
      <button
        type="button"
        onClick={() => {
          isShortcutsOpen.set(true);
        }}
      >
        {words.keys}
      </button>
      <div role="group" aria-label={words.theme} className="menu-group">
        <p className="note">{words.theme}</p>
        {THEMES.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={worn === one}
            onClick={() => {
              wear(one);
            }}
          >
            {words.themes[one]}
          </button>
        ))}
      </div>
      <div role="group" aria-label={words.language} className="menu-group">
        <p className="note">{words.language}</p>
        {(Object.keys(LANGUAGES) as Language[]).map((language) => (
          <button
            key={language}
            type="button"
            lang={language}
            aria-pressed={texts.locale === language}
            onClick={() => void speak(language)}
          >
            {LANGUAGES[language]}
          </button>
        ))}
      </div>
      {presentKey() !== null && (
        <button type="button" onClick={forgetKey}>
          {words.forgetKey}
        </button>
      )}
    </Menu>
  );
}
