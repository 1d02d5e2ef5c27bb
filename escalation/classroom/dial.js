// One control: a slider or a choice, with its label, its value, its explanation, and a way back.
// It shows its own value at once and informs the server at most every 50 ms, of the last move always.
export default {
  template: `
    <div class="dial" :class="{moved: changed}">
      <div class="dial-head">
        <label :for="uid">{{ label }}</label>
        <output v-if="!options" :for="uid" aria-hidden="true">{{ shown }}</output>
        <button v-if="back" type="button" class="small" :aria-label="back" :disabled="!changed" @click="reset">↺</button>
      </div>
      <input v-if="!options" type="range" :id="uid" :data-path="path" :min="low" :max="high" :step="step"
             :value="now" :aria-valuetext="shown" :aria-describedby="says ? uid + '-says' : null" @input="move">
      <select v-else :id="uid" :data-path="path" :value="now" :aria-describedby="says ? uid + '-says' : null"
              @change="move">
        <option v-for="[key, words] in options" :key="key" :value="key">{{ words }}</option>
      </select>
      <p v-if="says" :id="uid + '-says'" class="says">{{ says }} <span class="source">{{ source }}</span></p>
    </div>`,
  props: {
    path: String, label: String, says: String, source: String, unit: String, back: String, start: String,
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
    shown() {
      if (this.never !== undefined && this.now === this.never) return this.neverWords;
      const number = Number(Number(this.now).toPrecision(6));
      if (this.start) {
        const date = new Date(Date.parse(this.start) + number * 86400000);
        const words = date.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
        return `${this.unit} ${number}, ${words}`;
      }
      const text = String(number).replace("-", "−");
      return this.unit && !["share", "probability"].includes(this.unit) ? `${text} ${this.unit}` : text;
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
