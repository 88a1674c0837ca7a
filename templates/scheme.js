// Light or dark before anything is drawn: what was chosen, else what the system says.
(() => {
  const root = document.documentElement;
  let chosen = location.hash === "#dark" ? "dark" : null;
  try { chosen ??= localStorage.getItem("transfolio-scheme"); } catch { /* no storage here */ }
  if (chosen === "dark" || chosen === "light") root.dataset.scheme = chosen;
})();
