// Inside the widget: tells the page around it how high the widget is. A height is no secret, so
// any page may hear it.
if (window.parent !== window) {
  const tell = () => {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    window.parent.postMessage({ campaign: "height", height }, "*");
  };
  // A browser does not give the focus by itself to what is in another site's page.
  document.querySelector("[autofocus]")?.focus();
  // The page around it may begin to listen only now.
  window.addEventListener("message", (event) => {
    if (event.source === window.parent && event.data?.campaign === "height-please") tell();
  });
  new ResizeObserver(tell).observe(document.documentElement);
  tell();
}
