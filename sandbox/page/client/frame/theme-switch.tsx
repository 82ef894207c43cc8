import { type ReactNode, useEffect, useState } from 'react';

/** Light or dark: the system's choice until one chooses here, and for this visit only. */
export function ThemeSwitch(): ReactNode {
  const [theme, setTheme] = useState(() => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  useEffect(() => {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const follow = (): void => setTheme(system.matches ? 'dark' : 'light');
    system.addEventListener('change', follow);
    return () => system.removeEventListener('change', follow);
  }, []);
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <button type="button" className="icon theme" aria-label={`Use the ${other} theme`} onClick={() => setTheme(other)}>
      <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
        <path d="M10 2.5a7.5 7.5 0 1 0 0 15z" fill="currentColor" />
        <circle cx="10" cy="10" r="7.5" fill="none" stroke="currentColor" strokeWidth="1.6" />
      </svg>
    </button>
  );
}
