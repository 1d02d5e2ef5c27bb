// One control: a slider or a choice, with its label, its value, its explanation, and a way back.
// It shows its own value at once and informs the server at most every 50 ms, of the last move always.
export default {
  template: `
    <div class="dial" :class="{moved: changed, asleep: asleep}" :data-kind="kind">
      <div class="dial-head">
        <label :for="uid">{{ label }}</label>
        <output v-if="!options" :for="uid" aria-hidden="true">{{ shown }}</output>
        <button v-if="back" type="button" class="small" :aria-label="back" :disabled="!changed" @click="reset">↺</button>
      </div>
      <input v-if="!options" type="range" :id="uid" :data-path="path" :min="low" :max="high" :step="step"
             :value="now" :aria-valuetext="shown" :aria-describedby="described" @input="move">
      <select v-else :id="uid" :data-path="path" :value="now" :aria-describedby="described" @change="move">
        <option v-for="[key, words] in options" :key="key" :value="key">{{ words }}</option>
      </select>
      <p v-if="asleep" :id="uid + '-asleep'" class="why-asleep">{{ asleep }}</p>
      <p v-if="says" :id="uid + '-says'" class="says">{{ says }}</p>
      <details v-if="more.length" class="dial-more">
        <summary :aria-label="moreName">{{ moreWords }}</summary>
        <p v-for="line in more" :key="line">{{ line }}</p>
      </details>
    </div>`,
  props: {
    path: String, label: String, says: String, unit: String, back: String, start: String, kind: String,
    asleep: String, more: Array, moreWords: String, moreName: String,
    never: Number, neverWords: String,
    low: Number, high: Number, step: Number, options: Array,
    value: [Number, String], home: [Number, String], stamp: Number,
  },
  data() {
    return { now: this.value, sent: 0, timer: null };
  },
  computed: {
    uid() { return "dial-" + this.path.replace(/[^a-z0-9_]/gi, "-"); },
    changed() { return Boolean(this.back) && this.now !== this.home; },
    described() {
      const parts = [this.asleep && this.uid + "-asleep", this.says && this.uid + "-says"].filter(Boolean);
      return parts.join(" ") || null;
    },
    shown() {
      if (this.never !== undefined && this.now === this.never) return this.neverWords;
      const language = document.documentElement.lang || "en";
      const text = Number(this.now).toLocaleString(language, { maximumSignificantDigits: 6 }).replace("-", "−");
      if (this.start) {
        const date = new Date(Date.parse(this.start) + this.now * 86400000);
        const form = { day: "numeric", month: "short", timeZone: "UTC" };
        const words = date.toLocaleDateString(language.startsWith("en") ? "en-GB" : language, form);
        return `${this.unit} ${text}, ${words}`;
      }
      return this.unit ? `${text} ${this.unit}` : text;
    },
  },
  watch: {
    stamp() { this.now = this.value; },
  },
  methods: {
    move(event) {
      this.now = this.options ? event.target.value : this.nearest(Number(event.target.value));
      const wait = this.sent + 50 - Date.now();
      clearTimeout(this.timer);
      if (wait <= 0) this.send();
      else this.timer = setTimeout(() => this.send(), wait);
    },
    // A browser has even steps only: the one nearest to the scenario's value means that value, or both do if it
    // lies half way between them.
    nearest(given) {
      return Math.abs(given - this.home) <= (this.step / 2) * (1 + 1e-6) ? this.home : given;
    },
    send() {
      this.sent = Date.now();
      this.$emit("move", this.now);
    },
    reset() {
      this.now = this.home;
      this.send();
    },
  },
};
