// Runs before the first paint, so that the page never shows in the other theme first.
try {
  var theme = localStorage.getItem('latentql.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed to this page: the system's theme holds.
}
