// Pictures of charts: redrawn at a size of their own, off the page, as SVG, and converted to PNG.
window.classroom = {
  revive(options) {
    for (const key of Object.keys(options ?? {})) {
      if (typeof options[key] === "object" && options[key]) this.revive(options[key]);
      if (key.startsWith(":")) {
        options[key.slice(1)] = new Function(`return (${options[key]})`)();
        delete options[key];
      }
    }
    return options;
  },
  chartOf: (box) => getElement(Number(box.id.slice(1)))?.chart,
  async svg(options, width, height) {
    const { echarts } = await import("nicegui-echart");
    const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
    chart.setOption(this.revive(options));
    const text = chart.renderToSVGString();
    chart.dispose();
    return text;
  },
  offer(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  },
  async save(options, kind, name, width = 1200, height = 700) {
    const text = await this.svg(options, width, height);
    const svg = new Blob([text], { type: "image/svg+xml" });
    if (kind === "svg") return this.offer(svg, name);
    const image = new Image(width, height);
    image.src = URL.createObjectURL(svg);
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(image.src);
    canvas.toBlob((blob) => this.offer(blob, name), "image/png");
  },
  async send(input, url, most) {
    const file = input.files[0];
    input.value = "";
    if (!file) return true;
    if (file.size > most) return false;
    const form = new FormData();
    form.append("file", file);
    return (await fetch(url, { method: "POST", body: form })).ok;
  },
  // Browsers limit how often an address may be replaced: at once, then at most every half second, the last always.
  keep(query) {
    this.query = query;
    const wait = (this.kept ?? 0) + 500 - Date.now();
    clearTimeout(this.keeping);
    const replace = () => {
      this.kept = Date.now();
      history.replaceState(history.state, "", location.pathname + (this.query ? "?" + this.query : ""));
    };
    if (wait <= 0) replace();
    else this.keeping = setTimeout(replace, wait);
  },
  // Browsers give the clipboard to secure pages only; the older way works on any page that is clicked.
  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const field = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(field);
      field.select();
      const copied = document.execCommand("copy");
      field.remove();
      return copied;
    }
  },
  // The page in another language: its address, with all that has been kept in it, and that language.
  translate(language) {
    const query = new URLSearchParams(this.query ?? location.search);
    query.set("language", language);
    location.assign(`${location.pathname}?${query}`);
  },
  speak(language, direction) {
    const root = document.documentElement;
    const say = () => {
      if (root.lang !== language || root.dir !== direction) Object.assign(root, { lang: language, dir: direction });
    };
    say();
    // The framework of the page names a language of its own when it starts.
    new MutationObserver(say).observe(root, { attributeFilter: ["lang", "dir"] });
  },
  // Tokens of seats, by game and side: secrets of this browser, for the page's own origin.
  seats(code) {
    try {
      return JSON.parse(localStorage.getItem(`seats.${code}`)) ?? {};
    } catch {
      return {};
    }
  },
  keepSeat(code, side, token) {
    const seats = { ...this.seats(code), [side]: token };
    if (!token) delete seats[side];
    try {
      if (Object.keys(seats).length) localStorage.setItem(`seats.${code}`, JSON.stringify(seats));
      else localStorage.removeItem(`seats.${code}`);
    } catch { /* a browser that keeps nothing: the seat's own link does */ }
  },
  // To what is new, unless the visitor is busy elsewhere on the page.
  arrive(id) {
    const active = document.activeElement;
    if (!active || active === document.body || active.closest(".keys")) this.see(id);
  },
  see(id) {
    const target = document.getElementById(id);
    target?.focus();
    target?.scrollIntoView({ block: "nearest" });
  },
};
