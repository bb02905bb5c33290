// On the page around the widget: makes the frame as high as what is in it. It hears only messages
// that come from this site, and from a frame of that page. It asks each frame of this site for its
// height once, since a frame may have been ready first; it says nothing else and loads nothing.
(() => {
  const script = document.currentScript;
  const { campaign, lang, source, title } = script.dataset;
  const home = new URL(script.src).origin;
  // With data-campaign the script makes the frame itself, in its own place.
  if (campaign) {
    const frame = document.createElement("iframe");
    const url = new URL(`/c/${encodeURIComponent(campaign)}/embed`, home);
    if (lang) url.searchParams.set("lang", lang);
    if (source) url.searchParams.set("source", source);
    frame.src = url.href;
    frame.title = title || "Petition";
    frame.loading = "lazy";
    frame.style.cssText = "width:100%;height:760px;border:0";
    script.before(frame);
  }
  window.addEventListener("message", (event) => {
    if (event.origin !== home || event.data?.campaign !== "height") return;
    const height = Number(event.data.height);
    if (!(height > 0 && height < 10000)) return;
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.contentWindow === event.source) frame.style.height = `${Math.ceil(height)}px`;
    }
  });
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.src.startsWith(`${home}/`)) {
      frame.contentWindow.postMessage({ campaign: "height-please" }, "*");
    }
  }
})();
