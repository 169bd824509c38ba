// Becomes the worker. The page says which program it runs: its own, which it compiled already. What both say to each other
// crosses a port of its own, where it waits until the program listens (src/crossing.rs).
addEventListener(
  "message",
  async ({ data }) => {
    self.page = data.page;
    try {
      const { default: start } = await import(data.script);
      await start({ module_or_path: data.module });
    } catch (error) {
      // So that the page hears of it.
      reportError(error);
    }
  },
  { once: true },
);
