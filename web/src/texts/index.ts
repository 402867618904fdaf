import { createStore, useStore } from '../state/store.ts';
import { en, type Texts } from './en.ts';

export type { Texts } from './en.ts';

/** The languages of the page, each by its own name. */
export const LANGUAGES = { en: 'English', zh: '中文' } as const;
export type Language = keyof typeof LANGUAGES;

const NAME = 'latentql.language';
const texts = createStore<Texts>(en);

/** Everything that the page says, in the language that a person reads. */
export const useTexts = (): Texts => useStore(texts);

/** The same outside of components. */
export const presentTexts = (): Texts => texts.get();

/** Speaks a language from now on. */
export async function speak(language: Language): Promise<void> {
  texts.set(language === 'en' ? en : (await import('./zh.ts')).zh);
  document.documentElement.lang = language === 'en' ? 'en' : 'zh-Hans';
  try {
    localStorage.setItem(NAME, language);
  } catch {
    // closed to this page: the browser's language holds next time
  }
}

/** The language that was chosen, else the browser's. */
export function firstLanguage(): Language {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(NAME);
  } catch {
    // closed to this page
  }
  return (kept ?? navigator.language).startsWith('zh') ? 'zh' : 'en';
}
