"use strict";
// Puts text on the page as text only: nothing here parses markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);

  // The same passage lights up in both texts. Of the marks of a text one can be reached by Tab, the
  // others from there by the arrow keys.
  const lit = (sides, mark) => {
    for (const one of sides.querySelectorAll("mark")) {
      one.classList.toggle("lit", mark !== null && one.dataset.mark === mark);
    }
  };
  const bring = (mark) => {
    const text = mark.closest(".text");
    const top = mark.getBoundingClientRect().top - text.getBoundingClientRect().top;
    if (top < 0 || top > text.clientHeight - 40) {
      text.scrollTop += top - text.clientHeight / 3;
    }
  };
  const bringOther = (mark) => {
    for (const text of mark.closest(".sides").querySelectorAll(".text")) {
      const other = text.querySelector(`mark[data-mark="${mark.dataset.mark}"]`);
      if (other && text !== mark.closest(".text")) {
        bring(other);
      }
    }
  };
  const step = (mark, by) => {
    const marks = [...mark.closest(".text").querySelectorAll("mark")];
    const next = marks[marks.indexOf(mark) + by];
    if (next) {
      mark.tabIndex = -1;
      next.tabIndex = 0;
      next.focus({ preventScroll: true });
      bring(next);
    }
  };
  const markOf = (event) => (event.target instanceof Element ? event.target.closest(".sides mark") : null);
  document.addEventListener("pointerover", (event) => {
    const mark = markOf(event);
    if (mark) {
      lit(mark.closest(".sides"), mark.dataset.mark);
    }
  });
  document.addEventListener("pointerout", (event) => {
    const mark = markOf(event);
    if (mark && document.activeElement !== mark) {
      lit(mark.closest(".sides"), null);
    }
  });
  document.addEventListener("focusin", (event) => {
    const mark = markOf(event);
    if (mark) {
      lit(mark.closest(".sides"), mark.dataset.mark);
      bringOther(mark);
    }
  });
  document.addEventListener("focusout", (event) => {
    const mark = markOf(event);
    if (mark) {
      lit(mark.closest(".sides"), null);
    }
  });
  document.addEventListener("keydown", (event) => {
    const mark = markOf(event);
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (mark && by) {
      event.preventDefault();
      step(mark, by);
    }
  });
  const reachable = (sides) => {
    for (const text of sides.querySelectorAll(".text")) {
      text.querySelectorAll("mark").forEach((mark, at) => {
        mark.tabIndex = at === 0 ? 0 : -1;
      });
    }
  };
  document.querySelectorAll(".sides").forEach(reachable);

  // A text with its marked ranges: beginning, end and number of each, in one list.
  const fill = (side, record, marked) => {
    const text = side.querySelector(".text");
    let at = 0;
    for (let i = 0; i < marked.length; i += 3) {
      text.append(record.text.slice(at, marked[i]));
      const mark = document.createElement("mark");
      mark.dataset.mark = String(marked[i + 2]);
      mark.textContent = record.text.slice(marked[i], marked[i + 1]);
      text.append(mark);
      at = marked[i + 1];
    }
    text.append(record.text.slice(at));
    if (record.before > 0) {
      text.prepend("… ");
    }
    if (record.behind > 0) {
      text.append(" …");
    }
    const bytes = (n, where) => (n > 0 ? [`${n.toLocaleString("en")} bytes ${where}`] : []);
    const left = [...bytes(record.before, "before this part"), ...bytes(record.behind, "behind it")];
    if (left.length > 0) {
      const rest = side.querySelector(".rest");
      rest.textContent = `Not shown: ${left.join(" and ")}.`;
      rest.hidden = false;
    }
  };
  // What two texts share, in a sentence. A passage may stand where a long text is not shown.
  const shares = (pair) => {
    const n = (count) => count.toLocaleString("en");
    const within = pair.whole ? "" : ` in the first ${n(data.sought)} bytes of each`;
    if (pair.passages === 0) {
      return `No passage of four words or more stands in both${within}.`;
    }
    const all = `${n(pair.passages)} shared passage${pair.passages === 1 ? "" : "s"} of four words or more${within}`;
    const marked = "marked by number. Arrow keys step from one to the next.";
    return pair.shown === pair.passages
      ? `${all}, ${marked}`
      : `${all}; ${pair.shown === 0 ? "none" : n(pair.shown)} in the parts that are shown${pair.shown === 0 ? "." : `, ${marked}`}`;
  };
  const compare = (button) => {
    const story = button.closest(".cluster");
    const pair = data.pairs[button.dataset.article];
    const members = [story.querySelector(".members li"), button.closest("li")];
    const articles = [button.dataset.with, button.dataset.article];
    const sides = document.getElementById("sides").content.querySelector(".sides").cloneNode(true);
    sides.querySelectorAll(".side").forEach((side, n) => {
      side.querySelector(".heading").append(
        ...[".what", ".facts"].map((part) => members[n].querySelector(part).cloneNode(true)),
      );
      fill(side, (n === 0 && pair.own) || data.texts[articles[n]], n === 0 ? pair.a : pair.b);
    });
    reachable(sides);
    const says = document.createElement("p");
    says.className = "says";
    says.tabIndex = -1;
    says.setAttribute("role", "status");
    says.textContent = shares(pair);
    story.querySelector(".comparison").replaceChildren(says, sides);
    for (const other of story.querySelectorAll(".compare")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    return says;
  };
  for (const button of document.querySelectorAll(".compare")) {
    button.hidden = false;
    // The comparison may be far below the button.
    button.addEventListener("click", () => {
      const says = compare(button);
      says.focus({ preventScroll: true });
      says.parentElement.scrollIntoView({ block: "nearest" });
    });
  }
  const stories = [...document.querySelectorAll(".cluster")];
  for (const story of stories) {
    story.addEventListener("toggle", () => {
      // Between edited copies there is most to see.
      const buttons = [...story.querySelectorAll(".compare")];
      const of = (relation) => buttons.find((one) => one.closest("li").querySelector(`.tag.${relation}`));
      const first = of("near") || of("story") || buttons[0];
      if (story.open && first && !story.querySelector(".sides")) {
        compare(first);
      }
    });
  }

  const filter = document.querySelector(".filter");
  if (!filter) {
    return;
  }
  filter.hidden = false;
  const words = document.getElementById("words");
  const kind = document.getElementById("kind");
  const least = document.getElementById("least");
  const count = document.getElementById("count");
  const hay = stories.map((story) =>
    [story.querySelector("summary"), ...story.querySelectorAll(".of, .members")]
      .map((part) => part.textContent.toLowerCase())
      .join(" "),
  );
  const apply = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    stories.forEach((story, at) => {
      const fits =
        Number(story.dataset.size) >= Number(least.value) &&
        (kind.value === "" || Number(story.dataset[kind.value]) > 0) &&
        wanted.every((word) => hay[at].includes(word));
      story.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    count.textContent = shown === stories.length ? `${shown} shown` : `${shown} of ${stories.length} shown`;
  };
  for (const control of [words, kind, least]) {
    control.addEventListener("input", apply);
  }
  apply();
})();
