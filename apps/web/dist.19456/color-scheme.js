// Runs before the first paint, so that a dark workspace never flashes white. A file of its own because the
// content security policy forbids inline scripts.
;(() => {
  let scheme = 'auto'
  try {
    scheme = localStorage.getItem('graticule-color-scheme') || 'auto'
  } catch {
    // Storage may be blocked; the system's preference then decides.
  }
  const isDark = scheme === 'dark' || (scheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light')
})()
