"use strict";
document.querySelectorAll("button[data-file]").forEach((button) => {
  const source = document.getElementById(button.dataset.file);
  button.title = "Download " + source.dataset.name;
  button.addEventListener("click", () => {
    const bytes = Uint8Array.from(atob(source.textContent.trim()), (c) => c.charCodeAt(0));
    const url = URL.createObjectURL(new Blob([bytes], { type: source.dataset.mime }));
    const link = document.createElement("a");
    link.href = url;
    link.download = source.dataset.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  });
});
document.getElementById("scheme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.scheme
    ? root.dataset.scheme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.scheme = dark ? "light" : "dark";
});
if (location.hash === "#dark") document.documentElement.dataset.scheme = "dark";
