/* A state's day in plain C: the hazard of each of its clocks, and where one runs off the choice of an act.

   Written as the rules are (hostile.py, political.py, conciliate.py, options.py, decide.py in escalation/rules),
   on the same memory, to measure the cost of compiled Python. For benchmarks only: nothing of the package runs it.
   c_decision.py writes records.h from the record types of the rules: a struct for each table, the structs
   `params` and `state` of pointers to the tables, with their lengths, and names such as HOLD. */

#include <math.h>
#include <stdint.h>

#include "records.h"

typedef struct params params;
typedef struct state state;

static double least(double a, double b) { return a < b ? a : b; }
static double most(double a, double b) { return a > b ? a : b; }
static double cube(double x) { return x * x * x; }
static double nearness(double distance, double width) { return most(0.0, 1.0 - fabs(distance) / width); }

/* Places in the tables of pairs [i, j] and of mediators and pairs [m, i, j]. */
static int64_t side_of(const params *p, int64_t i, int64_t j) { return i * p->n_states + j; }
static int64_t both(const params *p, int64_t i, int64_t j) { return i < j ? side_of(p, i, j) : side_of(p, j, i); }
static int64_t of_mediator(const params *p, int64_t m, int64_t place) {
    return m * p->n_states * p->n_states + place;
}
static int64_t since(const params *p, const state *s, int64_t i, int64_t j, int64_t a) {
    return s->since[side_of(p, i, j) * p->n_acts + a];
}

static double repertoire_of(double hostility, const struct pair *pair) {
    if (hostility == 2.0) return pair->habit_threat;
    if (hostility == 3.0) return pair->habit_display;
    if (hostility == 4.0) return pair->habit_force;
    return hostility == 5.0 ? pair->habit_war : 0.0;
}

static double log_days_since(const state *s, int64_t day) { return log(most(1.0, (double)(s->counts[0] - day))); }

static double hazard_of_hostility(const params *p, const state *s, int64_t i, int64_t j) {
    const struct weights *w = p->weights;
    const struct states *own = &p->states[i];
    const struct pair *pair = &s->pair[side_of(p, i, j)];
    const struct pair *theirs = &s->pair[side_of(p, j, i)];
    const struct dyad *dyad = &s->dyad[both(p, i, j)];
    return exp(w->alarm
        - w->lull * log_days_since(s, dyad->stirred)
        + w->lead * log((pair->militarised + 0.5) / (pair->militarised + theirs->militarised + 1.0))
        + w->tempo * log(1.0 + least(dyad->activity, w->tempo_cap))
        + w->grievance * pair->grievance
        + w->resolve_acts * (2.0 * own->resolve - 1.0)
        + w->commitment_acts * pair->commitment
        - w->fear_restrains * s->actor[i].fear * 2.0 * own->risk_aversion
        - w->ceasefire_lull * dyad->ceasefire
        - w->talks_lull * pair->talks
        - w->leverage_restraint * pair->leverage
        - w->information_restraint * pair->information);
}

static double hazard_of_protest(const params *p, const state *s, int64_t i, int64_t j) {
    const struct weights *w = p->weights;
    const struct dyad *dyad = &s->dyad[both(p, i, j)];
    return exp(w->protest
        - w->protest_lull * log_days_since(s, dyad->spoken)
        + w->protest_tempo * log(1.0 + least(dyad->activity, w->tempo_cap))
        + w->protest_grievance * s->pair[side_of(p, i, j)].grievance);
}

/* What all escalatory acts share. */
static double weigh_escalation(
    const params *p, const state *s, int64_t i, const struct acts *act, int64_t j, double intercept
) {
    const struct weights *w = p->weights;
    const struct pair *pair = &s->pair[side_of(p, i, j)];
    double l = act->rung, ground = most(pair->posture, pair->seen), skipped;
    if (pair->heat > w->heat_felt) ground = most(ground, pair->heat_level);
    skipped = most(0.0, l - ground - 1.0);
    return intercept
        - w->ratchet * most(0.0, pair->posture - l)
        - w->step * skipped * skipped
        + w->pressure * pair->pressure * (l / 10.0) * act->visibility
        - w->cost * act->cost * (1.0 + s->actor[i].exhaustion) * 2.0 * (1.0 - p->states[i].resolve);
}

static double weigh_hostility(
    const params *p, const state *s, int64_t i, const struct acts *act, int64_t j, double intercept
) {
    const struct weights *w = p->weights;
    const struct pair *pair = &s->pair[side_of(p, i, j)];
    const struct pair *theirs = &s->pair[side_of(p, j, i)];
    double l = act->rung, height = l / 10.0;
    double force = 0, commitment = 0, riposte = 0, clash = 0, ceasefire = 0, campaign = 0, shadow = 0;
    double war = 0, goes_on = 0, focal = 0;
    if (l >= 5.0) {
        force = w->force_threshold;
        commitment = w->commitment * pair->commitment;
        riposte = w->riposte * pair->heat * nearness(l - pair->heat_level, w->riposte_width);
        clash = w->clash * (pair->struck >= 5.0);
        ceasefire = -w->ceasefire_restraint * s->dyad[both(p, i, j)].ceasefire;
    }
    if (l >= 7.0) {
        force += w->strike_threshold;
        campaign = w->campaign * pair->campaign * nearness(l - pair->last_rung, w->campaign_width);
        shadow = -w->nuclear_shadow * cube(height) * p->rivalries[side_of(p, i, j)].nuclear;
    }
    if (l >= 9.0) war = w->war_threshold;
    if (l >= 10.0) war = w->war_threshold - w->nuclear_taboo;
    if (act->hostility >= 5.0)
        goes_on = w->war_persistence * ((pair->last_hostility >= 5.0) + (theirs->last_hostility >= 5.0));
    if (pair->talks && pair->focal >= 0.0) focal = -w->focal_pull * most(0.0, l - pair->focal);
    return weigh_escalation(p, s, i, act, j, intercept)
        - w->fear_of_escalation * s->actor[i].fear * cube(height) * 2.0 * p->states[i].risk_aversion
        + force + commitment + riposte + clash
        + w->habit * repertoire_of(act->hostility, pair)
        - (theirs->militarised > 0.0 ? w->mirror * most(0.0, act->hostility - theirs->last_hostility) : 0.0)
        - w->momentum * pair->momentum * most(0.0, pair->last_hostility - act->hostility)
        + goes_on + ceasefire + campaign + shadow + war + focal;
}

static double weigh_conciliation(const params *p, const state *s, int64_t i, int64_t a, int64_t j) {
    const struct weights *w = p->weights;
    const struct pair *pair = &s->pair[side_of(p, i, j)];
    const struct actor *actor = &s->actor[i];
    return p->acts[a].intercept + w->conciliation
        - w->pressure_hardens * pair->pressure
        + w->fear_conciliates * actor->fear * 2.0 * p->states[i].risk_aversion
        + (pair->talks ? w->talks_conciliate : 0.0)
        + w->leverage_inducement * pair->leverage
        + w->exhaustion_conciliates * least(actor->exhaustion, w->exhaustion_cap)
        - w->audience_cost * pair->commitment * (1.0 - pair->face_saving)
        + w->reciprocity * s->pair[side_of(p, j, i)].offer;
}

static double intrusiveness(const params *p, int64_t m) {
    const struct weights *w = p->weights;
    int64_t style = p->mediators[m].style;
    double intrudes = 1.0;
    if (style == FACILITATION) intrudes = w->facilitation_intrusiveness;
    else if (style == FORMULATION) intrudes = w->formulation_intrusiveness;
    return p->mediators[m].bilateral ? intrudes * w->bilateral_discount : intrudes;
}

static double weigh_appeal(const params *p, const state *s, int64_t i, int64_t a, int64_t m, int64_t j) {
    const struct weights *w = p->weights;
    const struct relations *mine = &p->relations[m * p->n_states + i];
    const struct relations *theirs = &p->relations[m * p->n_states + j];
    return weigh_conciliation(p, s, i, a, j)
        + w->consent_trust * mine->trust
        - w->consent_aversion * p->states[i].third_party_aversion * intrusiveness(p, m)
        - w->consent_bias * most(0.0, theirs->bias - mine->bias)
        + w->consent_leverage * mine->leverage
        - w->refusal_deters * s->talk[of_mediator(p, m, both(p, i, j))].refused;
}

static int64_t measure_to_end(const params *p, const state *s, int64_t i, int64_t a, int64_t j) {
    int64_t latest = -1, found = -1;
    for (int64_t k = 0; k < p->acts[a].reversing; k++) {
        int64_t measure = p->reverses[a * p->n_reverses + k];
        int64_t day = since(p, s, i, j, measure);
        if (day >= (latest > 0 ? latest : 0)) {
            latest = day;
            found = measure;
        }
    }
    return found;
}

static int appeal_is_available(const params *p, const state *s, int64_t i, int64_t a, int64_t j, int64_t m) {
    return p->acts[a].effect == ASK && s->counts[0] >= p->mediators[m].enters
        && s->talk[of_mediator(p, m, both(p, i, j))].stage != OPEN
        && !s->side[of_mediator(p, m, side_of(p, i, j))].consented;
}

static int available(const params *p, const state *s, int64_t i, int64_t a, int64_t j) {
    const struct acts *act = &p->acts[a];
    const struct dyad *dyad = &s->dyad[both(p, i, j)];
    int64_t day = s->counts[0];
    if (act->lasts && since(p, s, i, j, a) >= 0) return 0;
    if (act->reversing && measure_to_end(p, s, i, a, j) < 0) return 0;
    if (act->needs_hotline && !p->rivalries[side_of(p, i, j)].hotline) return 0;
    if (act->needs_violence) {
        int recent = dyad->last_force >= 0 && day - dyad->last_force <= p->weights->force_recent_days;
        if (dyad->ceasefire || !(recent || dyad->border_fire)) return 0;
    }
    if (act->effect == CEASEFIRE && dyad->ceasefire) return 0;
    if (act->needs_offer >= 0) {
        int64_t offered = since(p, s, j, i, act->needs_offer);
        if (offered < 0 || day - offered > p->acts[act->needs_offer].stands) return 0;
    }
    return 1;
}

static int is_available(const params *p, const state *s, int64_t i, const struct options *option) {
    if (option->condition == ALWAYS) return 1;
    if (option->condition == WHILE_NOT_IN_FORCE) return since(p, s, i, option->target, option->act) < 0;
    if (option->other >= 0)
        return appeal_is_available(p, s, i, option->act, option->other, option->target - p->n_states);
    return available(p, s, i, option->act, option->target);
}

static double weigh(const params *p, const state *s, int64_t i, const struct options *option) {
    const struct acts *act = &p->acts[option->act];
    double intercept = p->traits_intercept[option - p->options];
    if (act->form == HOSTILE) return weigh_hostility(p, s, i, act, option->target, intercept);
    if (act->form == POLITICAL) return weigh_escalation(p, s, i, act, option->target, intercept);
    if (act->form == CONCILIATORY) return weigh_conciliation(p, s, i, option->act, option->target);
    return weigh_appeal(p, s, i, option->act, option->target - p->n_states, option->other);
}

/* Put the utilities, or log hazards, of a clock's options on the desk. */
void weigh_block(const params *p, const state *s, int64_t i, int64_t b) {
    const struct blocks *block = &p->blocks[b];
    for (int64_t k = block->first; k < block->last; k++) {
        const struct options *option = &p->options[k];
        s->utility[k - p->first_option[i]] = is_available(p, s, i, option) ? weigh(p, s, i, option) : -INFINITY;
    }
}

static double share_of(double utility) {
    return utility > -INFINITY ? exp(least(600.0, most(-600.0, utility))) : 0.0;
}

/* The hazard of a clock, per day. */
double rate_of(const params *p, const state *s, int64_t i, int64_t b) {
    const struct blocks *block = &p->blocks[b];
    double rate = 0.0;
    if (block->form == HOSTILE) return hazard_of_hostility(p, s, i, block->rival);
    if (block->form == POLITICAL) return hazard_of_protest(p, s, i, block->rival);
    if (block->form == HOLDING) return 0.0;
    weigh_block(p, s, i, b);
    for (int64_t k = block->first; k < block->last; k++)
        rate += share_of(s->utility[k - p->first_option[i]]);
    return rate;
}

static int64_t choose(const double *utility, int64_t options, double *shares, double u) {
    double mass = 0.0, cumulated = 0.0, goal;
    int64_t chosen = 0;
    for (int64_t k = 0; k < options; k++) shares[k] = share_of(utility[k]);
    for (int64_t k = 0; k < options; k++) mass += shares[k];
    goal = u * mass;
    for (int64_t k = 0; k < options; k++) {
        if (shares[k] > 0.0) {
            chosen = k;
            cumulated += shares[k];
            if (cumulated > goal) break;
        }
    }
    return chosen;
}

/* Let every clock of every state run off or not once for each pair of uniforms; note the options chosen. */
void decide_often(
    const params *p, const state *s, const double *when, const double *what, int64_t count, int64_t *rows
) {
    int64_t blocks = p->first_block[p->n_states];
    for (int64_t k = 0; k < count; k++) {
        for (int64_t i = 0; i < p->n_states; i++) {
            for (int64_t b = p->first_block[i]; b < p->first_block[i + 1]; b++) {
                int64_t start = p->blocks[b].first - p->first_option[i];
                double rate = rate_of(p, s, i, b);
                rows[k * blocks + b] = -1;
                if (when[k] < rate && when[k] < 1.0 - exp(-rate)) {
                    weigh_block(p, s, i, b);
                    rows[k * blocks + b] = choose(
                        s->utility + start, p->blocks[b].last - p->blocks[b].first, s->shares + start, what[k]
                    );
                }
            }
        }
    }
}
