// What need not wait for the program.

// Before anything is painted: the colours that were chosen for this browser. The page itself takes over in
// src/components/theme_choice.rs; what is kept where, src/pages/preferences.rs says.
(() => {
  let theme;
  try {
    theme = JSON.parse(localStorage.getItem("igoon-preferences")).theme;
  } catch {
    return;
  }
  if (theme === "light" || theme === "dark") {
    document.documentElement.dataset.theme = theme;
    for (const meta of document.querySelectorAll("meta[data-scheme]")) {
      meta.media = meta.dataset.scheme === theme ? "all" : "not all";
    }
  }
})();

// The worker: its thread and its script are there when the program comes, which then takes it from here (src/crossing.rs).
self.igoonWorker = new Worker("/worker.js", { type: "module" });
