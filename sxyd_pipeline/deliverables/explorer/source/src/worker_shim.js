// A worker of a page opened from disk cannot fetch the page's blobs. The engine therefore arrives as a
// message, and this answers the one request for it.
(() => {
  let deliver;
  const engine = new Promise((resolve) => { deliver = resolve; });
  self.addEventListener("message", (event) => {
    if (event.data && event.data.sxydEngine) {
      event.stopImmediatePropagation();
      deliver(event.data.sxydEngine);
    }
  });
  self.fetch = async (address) => {
    const url = typeof address === "string" ? address : address.url || String(address);
    if (!url.startsWith("sxyd-engine:")) throw new Error("offline: " + url);
    const bytes = await engine;
    return new Response(bytes, { headers: { "Content-Type": "application/wasm" } });
  };
})();
