// Filters the list of questions; without a script the page shows all of them.
(() => {
  const cases = [...document.querySelectorAll(".case")];
  const search = document.getElementById("search");
  const chips = [...document.querySelectorAll("[data-show]")];
  const told = document.getElementById("shown");
  const texts = new Map(cases.map((item) => [item, item.textContent.toLowerCase()]));
  let show = "all";
  let stage = "";

  const fits = (item) => {
    if (stage && item.dataset.stage !== stage) return false;
    if (show === "wrong") return item.dataset.passed === "false";
    return show === "all" || item.dataset.change === show;
  };

  const update = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    for (const item of cases) {
      item.hidden = !(fits(item) && words.every((word) => texts.get(item).includes(word)));
      n += !item.hidden;
    }
    for (const chip of chips) chip.setAttribute("aria-pressed", String(chip.dataset.show === show && !stage));
    told.textContent = n === cases.length ? "" : `${n} of ${cases.length} shown${stage ? `, lost at: ${stage}` : ""}`;
  };

  for (const chip of chips) chip.addEventListener("click", () => { show = chip.dataset.show; stage = ""; update(); });
  for (const button of document.querySelectorAll("button[data-stage]")) {
    button.addEventListener("click", () => {
      show = "all";
      stage = button.dataset.stage;
      update();
      document.getElementById("search").scrollIntoView({ block: "start" });
    });
  }
  search.addEventListener("input", update);
  if (location.hash.startsWith("#case-")) document.querySelector(location.hash)?.setAttribute("open", "");
})();
