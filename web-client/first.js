// What need not wait for the program.
{
  // What was chosen for this browser; what is kept where, src/pages/preferences.rs says.
  const chosen = (() => {
    try {
      return JSON.parse(localStorage.getItem("igoon-preferences")) ?? {};
    } catch {
      return {};
    }
  })();

  // Before anything is painted: the colours. The page itself takes over in src/components/theme_choice.rs.
  if (chosen.theme === "light" || chosen.theme === "dark") {
    document.documentElement.dataset.theme = chosen.theme;
    for (const meta of document.querySelectorAll("meta[data-scheme]")) {
      meta.media = meta.dataset.scheme === chosen.theme ? "all" : "not all";
    }
  }

  // The worker: its thread and its script are there when the program comes, which then takes it from here (src/crossing.rs).
  self.igoonWorker = new Worker("/worker.js", { type: "module" });

  // The texts are on their way, too, when the program asks for them (src/texts/browser.rs). In which language that will be,
  // src/state/preferences.rs says; where this were mistaken, the program would fetch the other.
  const files = [...document.querySelectorAll("link[rel=texts]")];
  const spoken = (tag) => files.find((file) => file.hreflang === String(tag).split("-")[0].toLowerCase());
  const [file] = [chosen.language, ...navigator.languages, "en"].map(spoken).filter(Boolean);
  const link = document.createElement("link");
  Object.assign(link, { rel: "preload", as: "fetch", crossOrigin: "anonymous", href: file.href });
  document.head.append(link);
}
