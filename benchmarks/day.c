/* The simulated days of a crisis in plain C, to measure the cost of compiled Python.

   Written from the rules (escalation/rules, escalation/engine/day.py): the same formulas with their additions in
   the same order and the same draws, so that every result has the same bits. What is the same on all days is
   worked out once, and the draws that every day needs are made side by side. For benchmarks only: nothing of the
   package runs it.

   c_day.py writes records.h from the record types of the rules: a struct for each table, the structs `params`,
   `state` and `sheet` of pointers to the tables, with their lengths, and names such as HOSTILE. With STATES and
   MEDIATORS defined the compiler knows how many actors there are. With BOUNDED a hazard is worked out only if its
   draw is below a simple upper bound of it: most days nothing else is needed. Dated acts after the horizon are not
   covered. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "records.h"

#if defined(STATES) && defined(MEDIATORS)
#define N ((int64_t)STATES)
#define M ((int64_t)MEDIATORS)
#else
#define N (c->n)
#define M (c->m)
#endif

/* Room for the rounding of a bound: far more than it needs. */
static const double SLACK = 1.000001;
enum { RUNGS = 11, BINS = 40, SLOTS = 8, MEDIATOR_KEYS = 32768, LANES = 8 };
enum { INCIDENT, FIRING, BREACH, CHOICE, READING, CONSENTING, TALKING, CLOCK, REPLY };
enum { QUIET, OFFERED };
#ifdef BOUNDED
enum { IS_BOUNDED = 1 };
#else
enum { IS_BOUNDED = 0 };
#endif

/* One side of a pair of rivals: places in the tables of pairs, `both` for what is kept once for the two. */
typedef struct { int64_t i, j, here, there, both; } facing;
typedef struct { double pressure, fear, talks, inducement, exhaustion, audience, reciprocity; } concession;

/* One clock of an actor: its options from `first` to before `last`, in whole vectors, where its draw is among those
   of a day, and which of its options need looking at. */
typedef struct {
    int64_t form, actor, rival, first, last, vectors, draw, conditional, conditionals;
    const facing *side;
} timer;

typedef struct { int64_t actor, act, target, other, slot, ended, answers; } move_t;

/* A crisis, with what is fixed for all crises. */
typedef struct {
    const struct params *p;
    const struct weights *w;
    const struct frame *f;
    const struct left *left;
    int64_t n, m, acts;
    int64_t n_sides, n_pairs, n_clocks, n_draws;
    int64_t *first_side, *first_clock;             /* [actors + 1] */
    facing *sides, *pairs;
    timer *clocks;
    int64_t *conditional;                          /* options that are not always available, clock by clock */
    int64_t risks;                                 /* vectors of options of states that run as competing risks */
    int64_t words;                                 /* of a set of acts, as bits */
    uint64_t *ends;                                /* [acts, words]: the measures that an act can end */
    uint32_t *who, *what;                          /* [draws]: the words of the counter that differ */
    double *u;                                     /* [draws] of today */
    int64_t firing_draws, clock_draws;
    /* By option: the option, its act's traits, and parts of the formulas that never change. */
    struct options *options;
    double *rung, *height, *visibility, *intercept, *hostility;
    double *cost, *cube, *thresholds, *war, *shadow, *is_force, *is_strike, *is_open_war;
    double *is_free, *utility, *shares;
    double *opinion;                               /* [mediators, states, states, 4] */
    double *most_hazard;                           /* [clocks]: of competing risks, times what today adds to each */
    char *is_weighed;                              /* [clocks] */
    concession *today;                             /* [sides] */
    double *factor, *tempo;                        /* [sides], [states, states] */
    double *log_days, *rest;                       /* by days: their logarithm, and what is left of the stakes */
    int64_t days;
    double *lapse;                                 /* [mediators] */
    /* What changes. */
    struct actor *actor;
    struct pair *pair;
    struct dyad *dyad;
    struct talk *talk;
    struct side *side;
    int64_t *since, *first_day, *last_day;
    uint64_t *taken, *taken_before;                /* [states, states, words]: acts with a day in `since` */
    double *spent;
    move_t *moves;
    int64_t *filled;                               /* [actors] */
    int64_t day, ended, made;
    uint32_t seed_low, seed_high, replication;
} crisis;

static inline double least(double a, double b) { return a < b ? a : b; }
static inline double most(double a, double b) { return a > b ? a : b; }
static inline int64_t place(const crisis *c, int64_t i, int64_t j) { return i * N + j; }
static inline int64_t both(const crisis *c, int64_t i, int64_t j) { return i < j ? i * N + j : j * N + i; }
static inline int64_t of(const crisis *c, int64_t m, int64_t at) { return m * N * N + at; }
static inline int64_t *since(const crisis *c, int64_t i, int64_t j, int64_t a) {
    return &c->since[place(c, i, j) * c->acts + a];
}

/* Draws: Philox4x32-10. */

static inline double uniform_of(uint32_t r, uint32_t day, uint32_t who, uint32_t what, uint32_t k0, uint32_t k1) {
    uint64_t c0 = r, c1 = day, c2 = who, c3 = what;
    #pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
        uint64_t first = 0xD2511F53u * c0, second = 0xCD9E8D57u * c2;
        c0 = (second >> 32) ^ c1 ^ k0;
        c1 = second & 0xFFFFFFFFu;
        c2 = (first >> 32) ^ c3 ^ k1;
        c3 = first & 0xFFFFFFFFu;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return ((double)(int64_t)(c0 >> 5) * 67108864.0 + (double)(int64_t)(c1 >> 6)) / 9007199254740992.0;
}

static double uniform(const crisis *c, int64_t actor, int64_t other, int64_t purpose, int64_t slot) {
    return uniform_of(
        c->replication, (uint32_t)c->day, (uint32_t)actor << 16 | (uint32_t)other,
        (uint32_t)purpose << 24 | (uint32_t)slot, c->seed_low, c->seed_high
    );
}

/* Make the draws that every day needs, side by side. */
static void draw_for_today(const crisis *c) {
    const uint32_t *restrict who = c->who, *restrict what = c->what;
    double *restrict u = c->u;
    uint32_t r = c->replication, day = (uint32_t)c->day, low = c->seed_low, high = c->seed_high;
    for (int64_t k = 0; k < c->n_draws; k += LANES)
        for (int64_t lane = 0; lane < LANES; lane++)
            u[k + lane] = uniform_of(r, day, who[k + lane], what[k + lane], low, high);
}

/* Chance and choice. */

static inline double exponential(double x) {
    double n = floor(x * 1.4426950408889634 + 0.5);
    double r = x - n * 0.693145751953125 - n * 1.4286068203094173e-06;
    double r2 = r * r, r4 = r2 * r2, power;
    double low = (1.0 + r) + r2 * (0.5 + r * 0.16666666666666666);
    double middle = (0.041666666666666664 + r * 0.008333333333333333)
        + r2 * (0.001388888888888889 + r * 0.0001984126984126984);
    double high = (2.48015873015873e-05 + r * 2.7557319223985893e-06)
        + r2 * (2.755731922398589e-07 + r * 2.505210838544172e-08);
    double shifted = n + (1023.0 + 6755399441055744.0);   /* its last bits are n + 1023 */
    uint64_t bits;
    memcpy(&bits, &shifted, 8);
    bits <<= 52;
    memcpy(&power, &bits, 8);
    return power * (low + r4 * (middle + r4 * (high + r4 * 2.08767569878681e-09)));
}

static inline double share_of(double utility) { return exponential(least(600.0, most(-600.0, utility))); }

static double logistic(double x) { return 1.0 / (1.0 + exp(-least(36.0, most(-700.0, x)))); }

static double sum(const double *shares, int64_t first, int64_t last) {
    double mass = 0.0;
    for (int64_t k = first; k < last; k++) mass += shares[k];
    return mass;
}

/* Fill in the shares of the options in whole vectors. */
static void fill_shares(const crisis *c, int64_t first, int64_t vectors) {
    const double *restrict utility = c->utility + first, *restrict is_free = c->is_free + first;
    double *restrict shares = c->shares + first;
    for (int64_t k = 0; k < LANES * vectors; k++) shares[k] = share_of(utility[k]) * is_free[k];
}

static int64_t choose(const double *shares, int64_t first, int64_t last, double goal) {
    double cumulated = 0.0;
    int64_t chosen = first;
    for (int64_t k = first; k < last; k++) {
        if (shares[k] > 0.0) {
            chosen = k;
            cumulated += shares[k];
            if (cumulated > goal) break;
        }
    }
    return chosen;
}

/* Options: which are available, and the utility or log hazard of each. */

static inline const uint64_t *taken(const crisis *c, int64_t i, int64_t j) {
    return &c->taken[place(c, i, j) * c->words];
}

static inline int is_taken(const crisis *c, int64_t i, int64_t j, int64_t a) {
    return taken(c, i, j)[a / 64] >> a % 64 & 1;
}

static int can_end(const crisis *c, int64_t i, int64_t j, int64_t a) {
    uint64_t found = 0;
    for (int64_t k = 0; k < c->words; k++) found |= taken(c, i, j)[k] & c->ends[a * c->words + k];
    return found != 0;
}

static int64_t measure_to_end(const crisis *c, int64_t i, int64_t a, int64_t j) {
    int64_t latest = -1, found = -1;
    for (int64_t k = 0; k < c->p->acts[a].reversing; k++) {
        int64_t measure = c->p->reverses[a * c->p->n_reverses + k], day = *since(c, i, j, measure);
        if (day >= (latest > 0 ? latest : 0)) {
            latest = day;
            found = measure;
        }
    }
    return found;
}

static int available(const crisis *c, int64_t i, int64_t a, int64_t j) {
    const struct acts *act = &c->p->acts[a];
    const struct dyad *dyad = &c->dyad[both(c, i, j)];
    if (act->lasts && is_taken(c, i, j, a)) return 0;
    if (act->reversing && !can_end(c, i, j, a)) return 0;
    if (act->needs_hotline && !c->p->rivalries[place(c, i, j)].hotline) return 0;
    if (act->needs_violence) {
        int recent = dyad->last_force >= 0 && (double)(c->day - dyad->last_force) <= c->w->force_recent_days;
        if (dyad->ceasefire || !(recent || dyad->border_fire)) return 0;
    }
    if (act->effect == CEASEFIRE && dyad->ceasefire) return 0;
    if (act->needs_offer >= 0) {
        int64_t offered = *since(c, j, i, act->needs_offer);
        if (offered < 0 || c->day - offered > c->p->acts[act->needs_offer].stands) return 0;
    }
    return 1;
}

static int mediator_can(const crisis *c, int64_t m, int64_t a, int64_t i, int64_t j) {
    int64_t effect = c->p->acts[a].effect;
    const struct mediators *mediator = &c->p->mediators[m];
    const struct talk *talk;
    if (c->day < mediator->enters) return 0;
    if (effect == URGE) return 1;
    talk = &c->talk[of(c, m, both(c, i, j))];
    if (effect == OFFER) return talk->stage == QUIET && !c->dyad[both(c, i, j)].ceasefire;
    if (effect == FORMULA) return talk->stage == OPEN && talk->focal < 0.0 && mediator->style >= FORMULATION;
    return effect == PRESS && talk->stage == OPEN && !talk->pressed && mediator->style >= MANIPULATION;
}

static int is_available(const crisis *c, int64_t actor, const struct options *option) {
    if (option->condition == WHILE_NOT_IN_FORCE) return !is_taken(c, actor, option->target, option->act);
    if (actor >= N) return mediator_can(c, actor - N, option->act, option->target, option->other);
    if (option->other >= 0) {
        int64_t m = option->target - N;
        return c->p->acts[option->act].effect == ASK && c->day >= c->p->mediators[m].enters
            && c->talk[of(c, m, both(c, actor, option->other))].stage != OPEN
            && !c->side[of(c, m, place(c, actor, option->other))].consented;
    }
    return available(c, actor, option->act, option->target);
}

static void look_at_options(const crisis *c, const timer *clock) {
    for (int64_t q = clock->conditional; q < clock->conditional + clock->conditionals; q++) {
        int64_t k = c->conditional[q];
        c->is_free[k] = is_available(c, clock->actor, &c->options[k]) ? 1.0 : 0.0;
    }
}

static concession conceding(const crisis *c, const facing *s) {
    const struct weights *w = c->w;
    const struct pair *pair = &c->pair[s->here];
    concession t;
    t.pressure = -w->pressure_hardens * pair->pressure;
    t.fear = w->fear_conciliates * c->actor[s->i].fear * 2.0 * c->p->states[s->i].risk_aversion;
    t.talks = w->talks_conciliate * (pair->talks ? 1.0 : 0.0);
    t.inducement = w->leverage_inducement * pair->leverage;
    t.exhaustion = w->exhaustion_conciliates * least(c->actor[s->i].exhaustion, w->exhaustion_cap);
    t.audience = -w->audience_cost * pair->commitment * (1.0 - pair->face_saving);
    t.reciprocity = w->reciprocity * c->pair[s->there].offer;
    return t;
}

/* What a day adds to the log hazard of all concessions alike. */
static double conceded(const concession t) {
    return t.pressure + t.fear + t.talks + t.inducement + t.exhaustion + t.audience + t.reciprocity;
}

static void weigh_conciliations(const crisis *c, const timer *clock, const concession t) {
    const double *restrict intercept = c->intercept + clock->first;
    double *restrict utility = c->utility + clock->first;
    for (int64_t k = 0; k < LANES * clock->vectors; k++)
        utility[k] = intercept[k] + t.pressure + t.fear + t.talks + t.inducement + t.exhaustion + t.audience
            + t.reciprocity;
}

static void weigh_appeals(const crisis *c, const timer *clock, const concession t) {
    const facing *s = clock->side;
    for (int64_t k = clock->first; k < clock->last; k++) {
        int64_t m = c->options[k].target - N;
        const double *opinion = &c->opinion[4 * of(c, m, s->here)];
        double refusal = -c->w->refusal_deters * c->talk[of(c, m, s->both)].refused;
        c->utility[k] = c->intercept[k] + t.pressure + t.fear + t.talks + t.inducement + t.exhaustion + t.audience
            + t.reciprocity + opinion[0] + opinion[1] + opinion[2] + opinion[3] + refusal;
    }
}

static void weigh_mediations(const crisis *c, const timer *clock) {
    const struct weights *w = c->w;
    int64_t m = clock->actor - N;
    double persistence = c->p->mediators[m].persistence;
    for (int64_t k = clock->first; k < clock->last; k++) {
        const struct options *option = &c->options[k];
        int64_t i = option->target, j = option->other;
        double violence = 0.0, request = 0.0, refusal = 0.0;
        if (j >= 0) {
            violence = c->dyad[both(c, i, j)].violence;
            request = w->readiness_asked
                * most(c->side[of(c, m, place(c, i, j))].asked, c->side[of(c, m, place(c, j, i))].asked);
            refusal = -w->refusal_deters * (1.0 - persistence) * c->talk[of(c, m, both(c, i, j))].refused;
        } else {
            for (int64_t q = c->first_side[i]; q < c->first_side[i + 1]; q++)
                violence = most(violence, c->dyad[c->sides[q].both].violence);
        }
        c->utility[k] = c->intercept[k] + w->readiness_violence * violence + request + refusal;
    }
}

static double ground_of(const crisis *c, const struct pair *pair) {
    double ground = most(pair->posture, pair->seen);
    return pair->heat > c->w->heat_felt ? most(ground, pair->heat_level) : ground;
}

static void weigh_protests(const crisis *c, const timer *clock) {
    const struct pair *pair = &c->pair[clock->side->here];
    int64_t first = clock->first;
    const double *restrict rung = c->rung + first, *restrict height = c->height + first;
    const double *restrict visibility = c->visibility + first, *restrict intercept = c->intercept + first;
    const double *restrict cost = c->cost + first;
    double *restrict utility = c->utility + first;
    double ground = ground_of(c, pair), posture = pair->posture, tired = 1.0 + c->actor[clock->actor].exhaustion;
    double spared = 1.0 - c->p->states[clock->actor].resolve, pressure = c->w->pressure * pair->pressure;
    double ratchet = -c->w->ratchet, step = -c->w->step;
    for (int64_t k = 0; k < LANES * clock->vectors; k++) {
        double skipped = most(0.0, rung[k] - ground - 1.0);
        utility[k] = intercept[k] + ratchet * most(0.0, posture - rung[k]) + step * skipped * skipped
            + pressure * height[k] * visibility[k] + cost[k] * tired * 2.0 * spared;
    }
}

static void weigh_hostilities(const crisis *c, const timer *clock) {
    const struct weights *w = c->w;
    const facing *s = clock->side;
    const struct pair *pair = &c->pair[s->here], *theirs = &c->pair[s->there];
    int64_t first = clock->first;
    const double *restrict rung = c->rung + first, *restrict height = c->height + first;
    const double *restrict visibility = c->visibility + first, *restrict intercept = c->intercept + first;
    const double *restrict hostility = c->hostility + first, *restrict cost = c->cost + first;
    const double *restrict cube = c->cube + first, *restrict thresholds = c->thresholds + first;
    const double *restrict war = c->war + first, *restrict shadow = c->shadow + first;
    const double *restrict is_force = c->is_force + first, *restrict is_strike = c->is_strike + first;
    const double *restrict is_open_war = c->is_open_war + first;
    double *restrict utility = c->utility + first;
    double posture = pair->posture, ground = ground_of(c, pair), tired = 1.0 + c->actor[s->i].exhaustion;
    double spared = 1.0 - c->p->states[s->i].resolve, averse = c->p->states[s->i].risk_aversion;
    double pressure = w->pressure * pair->pressure, fear = -w->fear_of_escalation * c->actor[s->i].fear;
    double heat_level = pair->heat_level, heat = pair->heat, hit = pair->struck >= 5.0 ? 1.0 : 0.0;
    double last = pair->last_rung, campaign = pair->campaign, momentum = -w->momentum * pair->momentum;
    double last_hostility = pair->last_hostility, commitment = pair->commitment;
    double wars = (last_hostility >= 5.0 ? 1.0 : 0.0) + (theirs->last_hostility >= 5.0 ? 1.0 : 0.0);
    double threat = w->habit * pair->habit_threat, display = w->habit * pair->habit_display;
    double force = w->habit * pair->habit_force, full = w->habit * pair->habit_war, nothing = w->habit * 0.0;
    double nuclear = (double)c->p->rivalries[s->here].nuclear;
    double focal = pair->talks && pair->focal >= 0.0 ? pair->focal : 10.0, pull = -w->focal_pull;
    double ratchet = -w->ratchet, step = -w->step, riposte = w->riposte, clash = w->clash, width = w->riposte_width;
    double campaigns = w->campaign, broad = w->campaign_width, committed = w->commitment, lasting = w->war_persistence;
    for (int64_t k = 0; k < LANES * clock->vectors; k++) {
        double l = rung[k], h = hostility[k];
        double skipped = most(0.0, l - ground - 1.0);
        double near_heat = most(0.0, 1.0 - fabs(l - heat_level) / width);
        double near_last = most(0.0, 1.0 - fabs(l - last) / broad);
        double habit = h == 2.0 ? threat : h == 3.0 ? display : h == 4.0 ? force : h == 5.0 ? full : nothing;
        utility[k] = intercept[k] + ratchet * most(0.0, posture - l) + step * skipped * skipped
            + pressure * height[k] * visibility[k] + cost[k] * tired * 2.0 * spared + fear * cube[k] * 2.0 * averse
            + thresholds[k] + is_force[k] * committed * commitment + is_force[k] * riposte * heat * near_heat
            + is_force[k] * clash * hit + habit + momentum * most(0.0, last_hostility - h)
            + is_open_war[k] * lasting * wars + is_strike[k] * campaigns * campaign * near_last
            + shadow[k] * nuclear + war[k] + pull * most(0.0, l - focal);
    }
}

/* Hazards of the clocks, per day. */

static double log_days_since(const crisis *c, int64_t day) {
    int64_t days = c->day - day;
    return c->log_days[days > 1 ? days : 1];
}

/* Return whether a hazard of this logarithm, or a lower one, is not above a draw. e^y > 1 + y + y^2/2 + y^3/6. */
static inline int is_above(double u, double log_hazard) {
    double y = -log_hazard;
    return IS_BOUNDED && y > 0.0 && u * (1.0 + y * (1.0 + y * (0.5 + y * (1.0 / 6.0)))) > SLACK;
}

static double hostile_rate(const crisis *c, const facing *s, double u) {
    const struct weights *w = c->w;
    const struct states *own = &c->p->states[s->i];
    const struct pair *pair = &c->pair[s->here], *theirs = &c->pair[s->there];
    const struct dyad *dyad = &c->dyad[s->both];
    double stakes = c->p->rivalries[s->here].stakes;
    int64_t quiet = c->day - dyad->stirred;
    double lull = -w->lull * log_days_since(c, dyad->stirred), lead;
    double at_stake = w->stakes_acts * (stakes == 0.0 ? 0.0 : stakes * c->rest[quiet > 0 ? quiet : 0]);
    double grievance = w->grievance * pair->grievance, resolve = w->resolve_acts * (2.0 * own->resolve - 1.0);
    double commitment = w->commitment_acts * pair->commitment;
    double fear = -w->fear_restrains * c->actor[s->i].fear * 2.0 * own->risk_aversion;
    double ceasefire = -w->ceasefire_lull * (double)dyad->ceasefire, talks = -w->talks_lull * (double)pair->talks;
    double leverage = -w->leverage_restraint * pair->leverage;
    double information = -w->information_restraint * pair->information;
    /* The share of its own activity is below 1, so that its logarithm is negative. */
    if (w->lead >= 0.0 && is_above(u, w->alarm + lull + w->tempo * c->tempo[s->both] + at_stake + grievance + resolve
            + commitment + fear + ceasefire + talks + leverage + information))
        return 0.0;
    lead = w->lead * log((pair->activity + 0.5) / (pair->activity + theirs->activity + 1.0));
    return exp(w->alarm + lull + lead + w->tempo * c->tempo[s->both] + at_stake + grievance + resolve + commitment + fear
        + ceasefire + talks + leverage + information);
}

static double political_rate(const crisis *c, const facing *s, double u) {
    const struct weights *w = c->w;
    double log_hazard = w->protest
        + -w->protest_lull * log_days_since(c, c->dyad[s->both].spoken)
        + w->protest_tempo * c->tempo[s->both]
        + w->protest_grievance * c->pair[s->here].grievance;
    return is_above(u, log_hazard) ? 0.0 : exp(log_hazard);
}

/* What an actor does. */

static move_t *note_move(crisis *c, int64_t actor, int64_t act, int64_t target, int64_t other) {
    move_t *move = &c->moves[c->made++];
    int64_t effect = c->p->acts[act].effect;
    *move = (move_t){actor, act, target, other, c->filled[actor], -1, 0};
    if (c->p->acts[act].reversing) move->ended = measure_to_end(c, actor, act, target);
    if (effect != CONSENT && effect != DECLINE) c->filled[actor]++;
    return move;
}

static double again(const crisis *c, int64_t form) {
    return form == HOSTILE ? c->w->again : form == POLITICAL ? c->w->protest_again : 0.0;
}

static void take_acts(crisis *c, const timer *clock, int64_t slots, double mass) {
    int64_t key = clock->actor < N ? clock->actor : MEDIATOR_KEYS + clock->actor - N;
    int64_t rival = clock->rival > 0 ? clock->rival : 0, form = clock->form;
    if (form == HOSTILE || form == POLITICAL) {
        look_at_options(c, clock);
        if (form == HOSTILE) weigh_hostilities(c, clock);
        else weigh_protests(c, clock);
        fill_shares(c, clock->first, clock->vectors);
        mass = sum(c->shares, clock->first, clock->last);
    }
    for (int64_t slot = 0; slot < slots; slot++) {
        int64_t number = SLOTS * form + slot, k;
        const struct options *option;
        if (slot > 0) {
            double repeat = again(c, form);
            if (repeat <= 0.0 || uniform(c, key, rival, REPLY, number) >= repeat) return;
            mass = sum(c->shares, clock->first, clock->last);
        }
        if (mass <= 0.0) return;
        k = choose(c->shares, clock->first, clock->last, uniform(c, key, rival, CHOICE, number) * mass);
        option = &c->options[k];
        note_move(c, clock->actor, option->act, option->target, option->other);
        c->shares[k] = 0.0;
    }
}

/* Put the hazards of the acts that run as competing risks on the desk, those of all states side by side. */
static void weigh_risks(const crisis *c) {
    for (int64_t q = 0; q < c->n_sides; q++) {
        c->today[q] = conceding(c, &c->sides[q]);
        if (IS_BOUNDED) c->factor[q] = SLACK * exp(conceded(c->today[q]));
    }
    for (int64_t b = 0; b < c->first_clock[N]; b++) {
        const timer *clock = &c->clocks[b];
        int64_t q = clock->side - c->sides;
        if (clock->form != CONCILIATORY && clock->form != APPEAL) continue;
        c->is_weighed[b] = !IS_BOUNDED || c->u[clock->draw] <= c->factor[q] * c->most_hazard[b];
        if (!c->is_weighed[b]) continue;
        if (clock->form == CONCILIATORY) weigh_conciliations(c, clock, c->today[q]);
        else weigh_appeals(c, clock, c->today[q]);
        look_at_options(c, clock);
        if (IS_BOUNDED) fill_shares(c, clock->first, clock->vectors);
    }
    if (!IS_BOUNDED) fill_shares(c, 0, c->risks);
}

static void find_tempo(const crisis *c) {
    for (int64_t q = 0; q < c->n_pairs; q++)
        c->tempo[c->pairs[q].both] = log(1.0 + least(c->dyad[c->pairs[q].both].activity, c->w->tempo_cap));
}

static void act_freely(crisis *c, int64_t actor) {
    int64_t start = c->made;
    for (int64_t b = c->first_clock[actor]; b < c->first_clock[actor + 1]; b++) {
        const timer *clock = &c->clocks[b];
        double u = c->u[clock->draw], rate;
        if (clock->form == HOSTILE || clock->form == POLITICAL) {
            rate = clock->form == HOSTILE ? hostile_rate(c, clock->side, u) : political_rate(c, clock->side, u);
        } else {
            if (clock->form == MEDIATION) {
                if (c->day < c->p->mediators[actor - N].enters) continue;
                look_at_options(c, clock);
                weigh_mediations(c, clock);
                fill_shares(c, clock->first, clock->vectors);
            }
            else if (!c->is_weighed[b]) continue;
            rate = sum(c->shares, clock->first, clock->last);
        }
        if (u < rate && u < 1.0 - exp(-rate)) take_acts(c, clock, c->f->slots, rate);
    }
    if (c->made == start) note_move(c, actor, 0, -1, -1);
}

/* Mediation. */

static void close_talks(crisis *c, int64_t m, int64_t i, int64_t j, double refused) {
    struct talk *talk = &c->talk[of(c, m, both(c, i, j))];
    talk->stage = QUIET;
    talk->pressed = 0;
    talk->focal = -1.0;
    talk->refused = most(talk->refused, refused);
    c->side[of(c, m, place(c, i, j))].consented = 0;
    c->side[of(c, m, place(c, j, i))].consented = 0;
}

static void settle_mediation(crisis *c, const move_t *move) {
    int64_t effect = c->p->acts[move->act].effect, m = move->actor - N, i = move->target, j = move->other;
    struct talk *talk;
    if (effect == ASK || effect == CONSENT || effect == DECLINE) {
        m = move->target - N;
        struct side *side = &c->side[of(c, m, place(c, move->actor, j))];
        if (effect == DECLINE) close_talks(c, m, move->actor, j, 1.0);
        else side->consented = 1;
        if (effect == ASK) side->asked = 1.0;
        return;
    }
    if (effect == URGE) {
        double relief = c->w->urging * c->p->relations[m * N + i].trust;
        for (j = 0; j < N; j++) {
            c->pair[place(c, i, j)].pressure *= 1.0 - relief;
            c->pair[place(c, i, j)].grievance *= 1.0 - relief;
        }
        return;
    }
    talk = &c->talk[of(c, m, both(c, i, j))];
    if (effect == OFFER && talk->stage == QUIET) {
        talk->stage = OFFERED;
        if (talk->first_offered < 0) talk->first_offered = c->day;
    }
    if (effect == FORMULA) {
        double lower = least(c->pair[place(c, i, j)].posture, c->pair[place(c, j, i)].posture);
        talk->focal = most(0.0, lower - c->w->focal_step);
    }
    if (effect == PRESS) talk->pressed = 1;
}

static void answer_offers(crisis *c, int64_t i) {
    const struct weights *w = c->w;
    for (int64_t m = 0; m < M; m++) {
        for (int64_t q = c->first_side[i]; q < c->first_side[i + 1]; q++) {
            const facing *s = &c->sides[q];
            const double *opinion = &c->opinion[4 * of(c, m, s->here)];
            double odds;
            if (c->talk[of(c, m, s->both)].stage != OFFERED || c->side[of(c, m, s->here)].consented) continue;
            odds = w->consent + -w->consent_pressure * c->pair[s->here].pressure
                + w->consent_fear * c->actor[i].fear
                + w->consent_exhaustion * least(c->actor[i].exhaustion, w->exhaustion_cap)
                + opinion[0] + opinion[1] + opinion[2] + opinion[3];
            note_move(
                c, i, uniform(c, i, MEDIATOR_KEYS + m, CONSENTING, s->j) < logistic(odds) ? c->f->consent
                : c->f->decline, N + m, s->j
            );
        }
    }
}

static void settle_answers(crisis *c, int64_t start) {
    for (int declines = 0; declines < 2; declines++)
        for (int64_t k = start; k < c->made; k++)
            if (c->p->acts[c->moves[k].act].effect == (declines ? DECLINE : CONSENT))
                settle_mediation(c, &c->moves[k]);
    for (int64_t m = 0; m < M; m++) {
        for (int64_t q = 0; q < c->n_pairs; q++) {
            const facing *s = &c->pairs[q];
            struct talk *talk = &c->talk[of(c, m, s->both)];
            if (talk->stage != OFFERED) continue;
            if (!c->side[of(c, m, s->here)].consented || !c->side[of(c, m, s->there)].consented) continue;
            talk->stage = OPEN;
            talk->opened = c->day;
            if (talk->first_opened < 0) talk->first_opened = c->day;
            if (talk->newly_opened < 0) talk->newly_opened = c->day;
            if (c->dyad[s->both].talks_opened < 0) c->dyad[s->both].talks_opened = c->day;
        }
    }
}

static double felt(const crisis *c, const struct talk *talk, double leverage) {
    return talk->pressed ? leverage : c->w->leverage_presence * leverage;
}

static double mean_leverage(const crisis *c, int64_t m, const facing *s) {
    return 0.5 * (c->p->relations[m * N + s->i].leverage + c->p->relations[m * N + s->j].leverage);
}

static void cease_fire(crisis *c, const facing *s, double guarantee) {
    const struct weights *w = c->w;
    struct dyad *dyad = &c->dyad[s->both];
    dyad->ceasefire = 1;
    dyad->guarantee = guarantee;
    dyad->border_fire = 0;
    for (int turn = 0; turn < 2; turn++) {
        struct pair *pair = &c->pair[turn ? s->there : s->here];
        pair->posture *= w->ceasefire_posture;
        pair->seen *= w->ceasefire_posture;
        pair->pressure *= w->ceasefire_pressure;
        pair->grievance *= w->ceasefire_pressure;
        pair->grievance_level = 0.0;
        pair->commitment *= w->ceasefire_commitment;
        pair->heat *= w->heat_left;
        pair->campaign = 0.0;
        pair->last_hostility = least(pair->last_hostility, 1.0);
    }
}

static void note_settlement(crisis *c, struct dyad *dyad, int64_t channel, int64_t mediator) {
    if (dyad->settled_day >= 0) return;
    dyad->settled_day = c->day;
    dyad->channel = channel;
    dyad->mediator = mediator;
}

static void agree(crisis *c, int64_t m, const facing *s) {
    struct talk *talk = &c->talk[of(c, m, s->both)];
    double stands = c->w->guarantee_leverage * felt(c, talk, mean_leverage(c, m, s));
    if (talk->focal >= 0.0) stands += c->w->guarantee_formulation;
    cease_fire(c, s, least(1.0, stands));
    note_settlement(c, &c->dyad[s->both], MEDIATED, m);
    talk->agreed = c->day;
    if (talk->first_agreed < 0) talk->first_agreed = c->day;
    for (int64_t other = 0; other < M; other++) close_talks(c, other, s->i, s->j, 0.0);
}

static void continue_talks(crisis *c, int64_t m, const facing *s) {
    const struct weights *w = c->w;
    const struct talk *talk = &c->talk[of(c, m, s->both)];
    double log_ratio = 0.0, tired, agrees, either, spared = 1.0, ended, agreed = 0.0;
    double u = uniform(c, s->i, s->j, TALKING, m);
    if (talk->focal >= 0.0) log_ratio += w->agree_formulation;
    log_ratio += w->agree_leverage * felt(c, talk, mean_leverage(c, m, s));
    for (int64_t other = 0; other < M; other++)
        if (other != m && c->talk[of(c, other, s->both)].stage == OPEN) log_ratio += w->agree_company;
    tired = 0.5 * (c->actor[s->i].exhaustion + c->actor[s->j].exhaustion);
    log_ratio += w->agree_exhaustion * least(tired, w->exhaustion_cap);
    agrees = w->talks_agree * exp(log_ratio);
    either = agrees + c->lapse[m];
    if (c->day > 0 && c->dyad[s->both].last_force == c->day - 1) spared -= w->talks_collapse;
    ended = spared * (1.0 - exp(-either));
    if (either > 0.0) agreed = ended * agrees / either;
    if (u < agreed) agree(c, m, s);
    else if (u < ended + 1.0 - spared) close_talks(c, m, s->i, s->j, w->lapse_refusal);
}

static void set_table(crisis *c, const facing *s) {
    const struct weights *w = c->w;
    struct pair *pair = &c->pair[s->here];
    pair->talks = 0;
    pair->focal = -1.0;
    pair->leverage = pair->information = pair->clarity = pair->face_saving = 0.0;
    for (int64_t m = 0; m < M; m++) {
        const struct talk *talk = &c->talk[of(c, m, s->both)];
        const struct relations *relation = &c->p->relations[m * N + s->i];
        double credible;
        if (talk->stage != OPEN) continue;
        credible = c->p->mediators[m].credibility * (1.0 + w->credible_lean * relation->bias);
        credible = least(1.0, most(0.0, credible));
        pair->talks = 1;
        pair->information = most(pair->information, credible);
        pair->clarity = most(pair->clarity, w->clarity * credible);
        pair->face_saving = w->face_saving;
        if (talk->focal >= 0.0 && (pair->focal < 0.0 || talk->focal < pair->focal)) pair->focal = talk->focal;
        pair->leverage = most(pair->leverage, felt(c, talk, relation->leverage));
    }
}

static void hold_talks(crisis *c) {
    for (int64_t m = 0; m < M; m++) {
        for (int64_t q = 0; q < c->n_pairs; q++) {
            const struct talk *talk = &c->talk[of(c, m, c->pairs[q].both)];
            if (talk->stage == OPEN && talk->opened < c->day) continue_talks(c, m, &c->pairs[q]);
        }
    }
    for (int64_t q = 0; q < c->n_sides; q++) set_table(c, &c->sides[q]);
}

/* The effects of acts. */

static void add_to_repertoire(const crisis *c, struct pair *pair, double hostility) {
    double strength = c->w->habit_prior, whole;
    pair->threats += hostility == 2.0 ? 1.0 : 0.0;
    pair->displays += hostility == 3.0 ? 1.0 : 0.0;
    pair->forces += hostility == 4.0 ? 1.0 : 0.0;
    pair->wars += hostility == 5.0 ? 1.0 : 0.0;
    whole = log((pair->threats + pair->displays + pair->forces + pair->wars) / strength + 1.0);
    pair->habit_threat = log(4.0 * pair->threats / strength + 1.0) - whole;
    pair->habit_display = log(4.0 * pair->displays / strength + 1.0) - whole;
    pair->habit_force = log(4.0 * pair->forces / strength + 1.0) - whole;
    pair->habit_war = log(4.0 * pair->wars / strength + 1.0) - whole;
}

static void note_day(crisis *c, int64_t i, int64_t j, int64_t a, int64_t day) {
    uint64_t bit = (uint64_t)1 << a % 64, *word = &c->taken[place(c, i, j) * c->words + a / 64];
    *since(c, i, j, a) = day;
    *word = day < 0 ? *word & ~bit : *word | bit;
}

static void settle_own(crisis *c, move_t *move) {
    const struct weights *w = c->w;
    const struct acts *act = &c->p->acts[move->act];
    int64_t i = move->actor, j = move->target, rung = (int64_t)act->rung;
    struct pair *pair = &c->pair[place(c, i, j)];
    struct dyad *dyad = &c->dyad[both(c, i, j)];
    double l = act->rung;
    if (act->effect == HOLD) return;
    if (move->ended >= 0) note_day(c, i, j, move->ended, -1);
    note_day(c, i, j, move->act, c->day);
    if (act->form == CONCILIATORY) {
        pair->posture *= w->offer_posture;
        pair->offer = 1.0;
        return;
    }
    pair->posture += w->posture_gain * (l - pair->posture);
    pair->last_rung = l;
    pair->last_hostility = act->hostility;
    if (act->hostility >= 2.0) add_to_repertoire(c, pair, act->hostility);
    pair->momentum = 1.0;
    dyad->spoken = c->day;
    if (act->hostility >= 2.0) {
        if (pair->acted != c->day) {
            pair->activity += 1.0;
            if (c->pair[place(c, j, i)].acted != c->day) dyad->activity += 1.0;
        }
        dyad->stirred = c->day;
        pair->acted = c->day;
    }
    c->actor[i].exhaustion += w->exhaustion_gain * act->cost;
    if (act->commits) {
        pair->commitment += w->commitment_gain * 2.0 * c->p->states[i].audience * (1.0 - pair->commitment);
        pair->commitment = least(1.0, pair->commitment);
    }
    if (l >= 5.0) {
        double height = least(1.0, (l / w->relief_rung) * (l / w->relief_rung));
        move->answers = pair->grievance >= 0.01 && pair->grievance_level >= l;
        pair->grievance *= w->grievance_left;
        pair->grievance_level = 0.0;
        pair->pressure *= 1.0 - w->relief * act->visibility * height;
        pair->commitment *= w->commitment_kept;
        if (l >= pair->heat_level - w->answer_margin) pair->heat *= w->heat_left;
    }
    if (l >= 7.0) pair->campaign = 1.0;
    /* What counts for the outcome. */
    if (act->form != POLITICAL && act->form != HOSTILE) return;
    if (l >= 10.0) c->ended = 1;
    c->spent[i] += act->cost;
    if (c->first_day[i * RUNGS + rung] < 0) c->first_day[i * RUNGS + rung] = c->day;
    c->last_day[i * RUNGS + rung] = c->day;
}

static void settle_other(crisis *c, const move_t *move) {
    const struct weights *w = c->w;
    const struct acts *act = &c->p->acts[move->act];
    int64_t i = move->actor, j = move->target;
    struct pair *pair = &c->pair[place(c, j, i)];
    struct dyad *dyad = &c->dyad[both(c, i, j)];
    double l = act->rung, height = l / 10.0, push, error;
    if (act->effect == HOLD) return;
    if (act->form == CONCILIATORY) {
        pair->seen *= w->offer_perception;
        pair->pressure *= w->offer_pressure;
        return;
    }
    error = w->misperception * (1.0 - pair->clarity) * 2.449489742783178
        * (uniform(c, i, j, READING, 2 * move->slot) + uniform(c, i, j, READING, 2 * move->slot + 1) - 1.0);
    pair->seen += w->perception_gain * (l + error - pair->seen);
    pair->seen = least(10.0, most(0.0, pair->seen));
    push = w->pressure_gain * height * sqrt(height) * act->visibility;
    pair->pressure += push * (1.0 - pair->pressure);
    if (act->signal > 0.0) {
        double alarm = w->signal_fear * (act->signal / 3.0) * c->p->states[i].signal_credibility;
        c->actor[j].fear += alarm * most(0.0, 1.0 - c->actor[j].fear);
        c->actor[i].fear += w->signal_own_fear * alarm * most(0.0, 1.0 - c->actor[i].fear);
    }
    if (act->hostility >= 2.0) pair->struck = most(pair->struck, l);
    if (l >= 5.0) {
        double hit = l >= 7.0 ? 1.0 : l >= 6.0 ? w->hit_open : w->hit_deniable;
        if (move->answers) hit *= w->hit_answered;
        if (hit >= pair->grievance) {
            pair->grievance = hit;
            pair->grievance_level = l;
        }
        if (act->visibility >= pair->heat || l >= pair->heat_level) {
            pair->heat = most(pair->heat, act->visibility);
            pair->heat_level = l;
        }
        for (int64_t k = 0; k < N; k++) {
            double share = w->solidarity_gain * c->p->solidarity[place(c, k, j)];
            if (share > 0.0 && c->p->rivalries[place(c, k, i)].rival) {
                struct pair *ally = &c->pair[place(c, k, i)];
                ally->pressure += share * push * (1.0 - ally->pressure);
                if (share * hit > ally->grievance) {
                    ally->grievance = share * hit;
                    ally->grievance_level = 0.0;
                }
            }
        }
        dyad->violence += height * act->visibility * (1.0 - dyad->violence);
        dyad->ceasefire = 0;
        dyad->last_force = c->day;
        dyad->force_today = 1;
    }
    if (l >= 6.0) c->actor[j].exhaustion += w->exhaustion_suffered * w->exhaustion_gain * act->cost;
}

static void settle_pair(crisis *c, const move_t *move) {
    int64_t i = move->actor, j = move->target, channel = DIRECT;
    struct dyad *dyad = &c->dyad[both(c, i, j)];
    facing s = {i, j, place(c, i, j), place(c, j, i), both(c, i, j)};
    if (c->p->acts[move->act].effect != CEASEFIRE || dyad->force_today || dyad->ceasefire) return;
    for (int64_t a = 0; a < c->acts; a++) {
        if (c->p->acts[a].needs_hotline) {
            int64_t mine = *since(c, i, j, a), theirs = *since(c, j, i, a), used = mine > theirs ? mine : theirs;
            if (used >= 0 && (double)(c->day - used) <= c->w->hotline_days) channel = HOTLINE;
        }
    }
    cease_fire(c, &s, 0.0);
    note_settlement(c, dyad, channel, -1);
}

static void settle(crisis *c, int64_t start) {
    for (int64_t q = 0; q < c->n_pairs; q++) c->dyad[c->pairs[q].both].force_today = 0;
    for (int64_t k = start; k < c->made; k++) {
        if (c->moves[k].other >= 0) settle_mediation(c, &c->moves[k]);
        else if (c->moves[k].target >= 0) settle_own(c, &c->moves[k]);
    }
    for (int64_t k = start; k < c->made; k++)
        if (c->moves[k].other < 0 && c->moves[k].target >= 0) settle_other(c, &c->moves[k]);
    for (int64_t k = start; k < c->made; k++)
        if (c->moves[k].other < 0 && c->moves[k].target >= 0) settle_pair(c, &c->moves[k]);
}

/* The beginning of a day. */

static void forget(crisis *c) {
    const struct left *left = c->left;
    for (int64_t i = 0; i < N; i++) c->actor[i].exhaustion *= left->exhaustion;
    for (int64_t q = 0; q < c->n_sides; q++) {
        struct pair *pair = &c->pair[c->sides[q].here];
        pair->posture *= left->posture;
        pair->seen *= left->seen;
        pair->pressure *= left->pressure;
        pair->commitment *= left->commitment;
        pair->heat *= left->heat;
        pair->campaign *= left->campaign;
        pair->momentum *= left->momentum;
        pair->offer *= left->offer;
        pair->grievance *= left->grievance;
        pair->activity *= left->activity;
        pair->struck = 0.0;
        for (int64_t m = 0; m < M; m++) c->side[of(c, m, c->sides[q].here)].asked *= left->offer;
    }
    for (int64_t q = 0; q < c->n_pairs; q++) {
        struct dyad *dyad = &c->dyad[c->pairs[q].both];
        dyad->violence *= left->violence;
        dyad->activity *= left->activity;
        for (int64_t m = 0; m < M; m++) c->talk[of(c, m, c->pairs[q].both)].refused *= left->refused;
    }
}

static void feel_incident(crisis *c, int64_t victim, int64_t blamed, double severity) {
    struct pair *pair = &c->pair[place(c, victim, blamed)];
    struct dyad *dyad = &c->dyad[both(c, victim, blamed)];
    if (severity > pair->grievance) {
        pair->grievance = severity;
        pair->grievance_level = 0.0;
    }
    pair->pressure += severity * (1.0 - pair->pressure);
    pair->seen += c->w->incident_perception * most(0.0, 5.0 - pair->seen);
    dyad->stirred = dyad->spoken = c->day;
    dyad->violence += severity * (1.0 - dyad->violence);
}

static void happen(crisis *c) {
    for (int64_t k = 0; k < c->p->n_incidents; k++) {
        const struct incidents *incident = &c->p->incidents[k];
        if (incident->day == c->day) feel_incident(c, incident->victim, incident->blamed, incident->severity);
    }
    for (int64_t k = 0; k < c->p->n_hazards; k++) {
        const struct hazards *hazard = &c->p->hazards[k];
        if (c->u[k] < hazard->per_day) feel_incident(c, hazard->victim, hazard->blamed, hazard->severity);
    }
}

static void fire_across_lines(crisis *c) {
    const struct weights *w = c->w;
    for (int64_t q = 0; q < c->n_pairs; q++) {
        const facing *s = &c->pairs[q];
        struct dyad *dyad = &c->dyad[s->both];
        int64_t contested = c->p->rivalries[s->here].contested_line;
        double u = c->u[c->firing_draws + q];
        if (dyad->ceasefire
            && uniform(c, s->i, s->j, BREACH, 0) < w->ceasefire_breach * exp(-w->guarantee_holds * dyad->guarantee)) {
            dyad->ceasefire = 0;
            dyad->border_fire = contested;
        } else if (dyad->border_fire) {
            dyad->border_fire = u >= w->border_fire_off;
        } else if (contested && !dyad->ceasefire) {
            dyad->border_fire = u < w->border_fire_on;
        }
        for (int turn = 0; dyad->border_fire && turn < 2; turn++) {
            struct pair *pair = &c->pair[turn ? s->there : s->here];
            pair->pressure += w->border_fire_pressure * (1.0 - pair->pressure);
            pair->seen += w->border_fire_perception * most(0.0, 5.0 - pair->seen);
        }
    }
}

static void perceive(crisis *c, int64_t i) {
    const struct weights *w = c->w;
    double x = 0.0, inspired;
    for (int64_t q = c->first_side[i]; q < c->first_side[i + 1]; q++) {
        const struct pair *pair = &c->pair[c->sides[q].here];
        x = most(x, most(pair->posture, pair->seen));
    }
    inspired = least(w->fear_cap, w->fear_low * x / 5.0 + logistic(w->fear_slope * (x - w->fear_rung)));
    c->actor[i].fear = most(c->actor[i].fear * c->left->fear, inspired);
}

/* A day. */

static double reply_probability(const crisis *c, double struck) {
    return struck >= 7.0 ? c->w->reply_strike : struck >= 5.0 ? c->w->reply_force : c->w->reply_other;
}

static void reply(crisis *c) {
    int64_t start = c->made;
    for (int64_t b = 0; b < c->first_clock[N]; b++) {
        const timer *clock = &c->clocks[b];
        const struct pair *pair;
        if (clock->form != HOSTILE) continue;
        pair = &c->pair[clock->side->here];
        if (pair->struck <= 0.0 || pair->acted == c->day) continue;
        if (uniform(c, clock->actor, clock->rival, REPLY, 0) < reply_probability(c, pair->struck))
            take_acts(c, clock, 1, 0.0);
    }
    if (c->made > start) settle(c, start);
}

static void play_day(crisis *c) {
    int64_t start;
    c->made = 0;
    if (c->ended) return;
    for (int64_t k = 0; k < N + M; k++) c->filled[k] = 0;
    draw_for_today(c);
    forget(c);
    happen(c);
    fire_across_lines(c);
    for (int64_t i = 0; i < N; i++) perceive(c, i);
    for (int64_t m = 0; m < M; m++) act_freely(c, N + m);
    for (int64_t k = 0; k < c->made; k++)
        if (c->p->acts[c->moves[k].act].form == MEDIATION) settle_mediation(c, &c->moves[k]);
    start = c->made;
    for (int64_t i = 0; i < N; i++) answer_offers(c, i);
    settle_answers(c, start);
    hold_talks(c);
    start = c->made;
    weigh_risks(c);
    find_tempo(c);
    for (int64_t i = 0; i < N; i++) act_freely(c, i);
    settle(c, start);
    if (!c->ended) reply(c);
}

/* Results. */

static int64_t last_day_from(const crisis *c, int64_t rung) {
    int64_t latest = -1;
    for (int64_t i = 0; i < N; i++)
        for (int64_t r = rung; r < RUNGS; r++)
            if (c->last_day[i * RUNGS + r] > latest) latest = c->last_day[i * RUNGS + r];
    return latest;
}

static int64_t first_day_from(const crisis *c, int64_t rung) {
    int64_t earliest = -1;
    for (int64_t i = 0; i < N; i++)
        for (int64_t r = rung; r < RUNGS; r++) {
            int64_t day = c->first_day[i * RUNGS + r];
            if (day >= 0 && (earliest < 0 || day < earliest)) earliest = day;
        }
    return earliest;
}

static int64_t peak_rung(const crisis *c, int64_t i) {
    int64_t peak = 0;
    for (int64_t r = 0; r < RUNGS; r++)
        if (c->last_day[i * RUNGS + r] >= 0) peak = r;
    return peak;
}

static int ceasefires_hold(const crisis *c) {
    for (int64_t q = 0; q < c->n_pairs; q++) {
        const struct dyad *dyad = &c->dyad[c->pairs[q].both];
        if (dyad->last_force > c->f->horizon && !dyad->ceasefire) return 0;
    }
    return 1;
}

static int64_t classify(const crisis *c) {
    const struct frame *f = c->f;
    int64_t peak = 0, since_day = c->day - f->quiet_days, tense;
    for (int64_t i = 0; i < N; i++) {
        int64_t own = peak_rung(c, i);
        if (own > peak) peak = own;
    }
    if (peak >= f->nuclear_rung) return NUCLEAR_USE;
    if (peak >= f->war_rung) return WAR_OUTCOME;
    if (peak >= f->force_rung)
        return last_day_from(c, f->violence_rung) <= since_day || ceasefires_hold(c) ? FORCE_ENDED : FORCE_GOING_ON;
    tense = last_day_from(c, f->standoff_rung);
    return tense >= 0 && tense > since_day ? STAND_OFF : DE_ESCALATED;
}

static int32_t earlier(int32_t one, int64_t other) {
    if (one < 0) return (int32_t)other;
    return other < 0 || one < other ? one : (int32_t)other;
}

static void note_postures(const crisis *c, const struct sheet *out) {
    for (int64_t i = 0; i < N; i++) {
        double highest = 0.0;
        int64_t bin;
        for (int64_t q = c->first_side[i]; q < c->first_side[i + 1]; q++)
            highest = most(highest, c->pair[c->sides[q].here].posture);
        bin = (int64_t)(highest * 4.0);
        out->postures[(c->day * N + i) * BINS + (bin < BINS - 1 ? bin : BINS - 1)]++;
    }
}

static void note_result(const crisis *c, const struct sheet *out, int64_t row) {
    int64_t tense = last_day_from(c, c->f->standoff_rung);
    tense = tense > c->f->horizon ? tense : c->f->horizon;
    out->outcome[row] = (int8_t)classify(c);
    out->first_force[row] = (int32_t)first_day_from(c, c->f->force_rung);
    out->end[row] = !c->ended && tense <= c->day - c->f->quiet_days ? (int32_t)tense + 1 : -1;
    for (int64_t i = 0; i < N; i++) {
        out->peak[row * N + i] = (int8_t)peak_rung(c, i);
        out->cost[row * N + i] = c->spent[i];
    }
    for (int64_t q = 0; q < c->n_pairs; q++) {
        const struct dyad *dyad = &c->dyad[c->pairs[q].both];
        out->settled[row * c->n_pairs + q] = (int32_t)dyad->settled_day;
        out->channel[row * c->n_pairs + q] = (int8_t)dyad->channel;
        out->settler[row * c->n_pairs + q] = (int8_t)dyad->mediator;
        for (int64_t m = 0; m < M; m++) {
            const struct talk *talk = &c->talk[of(c, m, c->pairs[q].both)];
            int64_t at = row * M + m;
            out->offered[at] = earlier(out->offered[at], talk->first_offered);
            out->opened[at] = earlier(out->opened[at], talk->first_opened);
            out->newly_opened[at] = earlier(out->newly_opened[at], talk->newly_opened);
            out->agreed[at] = earlier(out->agreed[at], talk->first_agreed);
        }
    }
}

/* What is the same on all days. */

static void *room(int64_t count, int64_t size) { return calloc((size_t)(count + LANES), (size_t)size); }

static void find_pairs(crisis *c) {
    c->sides = room(N * N, sizeof(facing));
    c->pairs = room(N * N, sizeof(facing));
    c->first_side = room(N + 1, 8);
    for (int64_t i = 0; i < N; i++) {
        for (int64_t j = 0; j < N; j++) {
            facing s = {i, j, place(c, i, j), place(c, j, i), both(c, i, j)};
            if (!c->p->rivalries[s.here].rival) continue;
            c->sides[c->n_sides++] = s;
            if (i < j) c->pairs[c->n_pairs++] = s;
        }
        c->first_side[i + 1] = c->n_sides;
    }
}

static int64_t to_draw(crisis *c, int64_t actor, int64_t other, int64_t purpose, int64_t slot) {
    c->who[c->n_draws] = (uint32_t)actor << 16 | (uint32_t)other;
    c->what[c->n_draws] = (uint32_t)purpose << 24 | (uint32_t)slot;
    return c->n_draws++;
}

static int is_risk_of_state(const crisis *c, const timer *clock) {
    return clock->actor < N && (clock->form == CONCILIATORY || clock->form == APPEAL);
}

static void find_clocks(crisis *c) {
    const struct params *p = c->p;
    int64_t blocks = p->first_block[N + M], draws = blocks + p->n_hazards + c->n_pairs;
    c->clocks = room(blocks, sizeof(timer));
    c->first_clock = room(N + M + 1, 8);
    c->who = room(draws, 4);
    c->what = room(draws, 4);
    c->u = room(draws, 8);
    for (int64_t k = 0; k < p->n_hazards; k++) to_draw(c, 0, 0, INCIDENT, k);
    c->firing_draws = c->n_draws;
    for (int64_t q = 0; q < c->n_pairs; q++) to_draw(c, c->pairs[q].i, c->pairs[q].j, FIRING, 0);
    for (int64_t actor = 0; actor < N + M; actor++) {
        for (int64_t b = p->first_block[actor]; b < p->first_block[actor + 1]; b++) {
            const struct blocks *block = &p->blocks[b];
            timer *clock = &c->clocks[c->n_clocks];
            int64_t rival = block->rival > 0 ? block->rival : 0;
            if (block->form == HOLDING) continue;
            c->n_clocks++;
            clock->form = block->form;
            clock->actor = actor;
            clock->rival = block->rival;
            clock->first = block->first;
            clock->last = block->last;
            clock->vectors = (block->last - block->first + LANES - 1) / LANES;
            clock->draw = to_draw(c, actor < N ? actor : MEDIATOR_KEYS + actor - N, rival, CLOCK, block->form);
            for (int64_t q = 0; q < c->n_sides; q++)
                if (c->sides[q].i == actor && c->sides[q].j == block->rival) clock->side = &c->sides[q];
        }
        c->first_clock[actor + 1] = c->n_clocks;
    }
}

static void copy_option(crisis *c, int64_t from, int64_t k) {
    const struct params *p = c->p;
    const struct weights *w = c->w;
    double l = p->traits_rung[from], h = p->traits_height[from];
    double force = l >= 5.0, open = l >= 6.0, strike = l >= 7.0, war = l >= 9.0, nuclear = l >= 10.0;
    c->options[k] = p->options[from];
    c->rung[k] = l;
    c->height[k] = h;
    c->visibility[k] = p->traits_visibility[from];
    c->intercept[k] = p->traits_intercept[from];
    c->hostility[k] = p->traits_hostility[from];
    c->cost[k] = -w->cost * p->traits_cost[from];
    c->cube[k] = h * h * h;
    c->thresholds[k] = force * w->force_threshold + open * w->open_threshold + strike * w->strike_threshold;
    c->war[k] = war * w->war_threshold - nuclear * w->nuclear_taboo;
    c->shadow[k] = -strike * w->nuclear_shadow * c->cube[k];
    c->is_force[k] = force;
    c->is_strike[k] = strike;
    c->is_open_war[k] = p->traits_hostility[from] >= 5.0;
    c->is_free[k] = 1.0;
}

/* Lay the options out in whole vectors, first those that run as competing risks of states. */
static void find_options(crisis *c) {
    double **columns[] = {
        &c->rung, &c->height, &c->visibility, &c->intercept, &c->hostility, &c->cost, &c->cube,
        &c->thresholds, &c->war, &c->shadow, &c->is_force, &c->is_strike, &c->is_open_war, &c->is_free,
        &c->utility, &c->shares
    };
    int64_t vectors = 0, laid = 0, listed = 0;
    for (int64_t b = 0; b < c->n_clocks; b++) vectors += c->clocks[b].vectors;
    for (size_t q = 0; q < sizeof columns / sizeof *columns; q++) *columns[q] = room(LANES * vectors, 8);
    c->options = room(LANES * vectors, sizeof *c->options);
    c->conditional = room(LANES * vectors, 8);
    for (int turn = 0; turn < 2; turn++) {
        for (int64_t b = 0; b < c->n_clocks; b++) {
            timer *clock = &c->clocks[b];
            int64_t from = clock->first, count = clock->last - clock->first;
            if (is_risk_of_state(c, clock) == turn) continue;
            clock->first = LANES * laid;
            clock->last = clock->first + count;
            clock->conditional = listed;
            for (int64_t k = 0; k < count; k++) {
                copy_option(c, from + k, clock->first + k);
                if (c->p->options[from + k].condition != ALWAYS) c->conditional[listed++] = clock->first + k;
            }
            clock->conditionals = listed - clock->conditional;
            laid += clock->vectors;
        }
        if (turn == 0) c->risks = laid;
    }
}

/* With every option available, and no refusal remembered. */
static void find_bounds(crisis *c) {
    double eased = exp(most(0.0, -c->w->refusal_deters));
    c->most_hazard = room(c->n_clocks, 8);
    c->is_weighed = room(c->n_clocks, 1);
    c->today = room(c->n_sides, sizeof(concession));
    c->factor = room(c->n_sides, 8);
    c->tempo = room(N * N, 8);
    for (int64_t b = 0; b < c->first_clock[N]; b++) {
        const timer *clock = &c->clocks[b];
        if (clock->form != CONCILIATORY && clock->form != APPEAL) continue;
        for (int64_t k = clock->first; k < clock->last; k++) {
            double log_hazard = c->intercept[k];
            if (clock->form == APPEAL) {
                const double *opinion = &c->opinion[4 * of(c, c->options[k].target - N, clock->side->here)];
                log_hazard += opinion[0] + opinion[1] + opinion[2] + opinion[3];
            }
            c->most_hazard[b] += exp(log_hazard) * (clock->form == APPEAL ? eased : 1.0);
        }
    }
}

static void find_measures(crisis *c, const struct state *saved) {
    c->words = (c->acts + 63) / 64;
    c->ends = room(c->acts * c->words, 8);
    c->taken = room(N * N * c->words, 8);
    c->taken_before = room(N * N * c->words, 8);
    for (int64_t a = 0; a < c->acts; a++) {
        for (int64_t k = 0; k < c->p->acts[a].reversing; k++) {
            int64_t measure = c->p->reverses[a * c->p->n_reverses + k];
            c->ends[a * c->words + measure / 64] |= (uint64_t)1 << measure % 64;
        }
    }
    for (int64_t at = 0; at < N * N; at++)
        for (int64_t a = 0; a < c->acts; a++)
            if (saved->since[at * c->acts + a] >= 0)
                c->taken_before[at * c->words + a / 64] |= (uint64_t)1 << a % 64;
}

static void find_opinions(crisis *c) {
    const struct weights *w = c->w;
    c->opinion = room(4 * M * N * N, 8);
    c->lapse = room(M, 8);
    for (int64_t m = 0; m < M; m++) {
        const struct mediators *mediator = &c->p->mediators[m];
        double intrudes = 1.0;
        if (mediator->style == FACILITATION) intrudes = w->facilitation_intrusiveness;
        else if (mediator->style == FORMULATION) intrudes = w->formulation_intrusiveness;
        if (mediator->bilateral) intrudes *= w->bilateral_discount;
        c->lapse[m] = w->talks_lapse * exp(-w->persistence_holds * (mediator->persistence - 0.5));
        for (int64_t q = 0; q < c->n_sides; q++) {
            const facing *s = &c->sides[q];
            const struct relations *mine = &c->p->relations[m * N + s->i], *theirs = &c->p->relations[m * N + s->j];
            double *opinion = &c->opinion[4 * of(c, m, s->here)];
            opinion[0] = w->consent_trust * mine->trust;
            opinion[1] = -w->consent_aversion * c->p->states[s->i].third_party_aversion * intrudes;
            opinion[2] = -w->consent_bias * most(0.0, theirs->bias - mine->bias);
            opinion[3] = w->consent_leverage * mine->leverage;
        }
    }
}

static void find_logarithms(crisis *c, const struct state *saved) {
    int64_t earliest = 0;
    for (int64_t q = 0; q < c->n_pairs; q++) {
        const struct dyad *dyad = &saved->dyad[c->pairs[q].both];
        if (dyad->stirred < earliest) earliest = dyad->stirred;
        if (dyad->spoken < earliest) earliest = dyad->spoken;
    }
    c->days = c->f->last_day - earliest + 1;
    c->log_days = room(c->days, 8);
    c->rest = room(c->days, 8);
    for (int64_t k = 0; k < c->days; k++) {
        c->log_days[k] = log(most(1.0, (double)k));
        c->rest[k] = exp(-(double)k / c->w->stakes_days);
    }
}

#define TABLES(each) \
    each(actor, N) each(pair, N * N) each(dyad, N * N) each(talk, M * N * N) each(side, M * N * N) \
    each(since, N * N * c->acts) each(first_day, N * RUNGS) each(last_day, N * RUNGS)
#define MAKE(table, count) c->table = room(count, sizeof *c->table);
#define COPY(table, count) memcpy(c->table, saved->table, (size_t)(count) * sizeof *c->table);
#define DROP(table, count) free(c->table);

/* Play replications `first` to `first` + `count` - 1 from a saved state; note results and the number of acts. */
void play(
    const struct params *p, const struct state *saved, const struct sheet *out, uint64_t seed, int64_t first,
    int64_t count, int64_t *number
) {
    crisis made = {.p = p, .w = p->weights, .f = p->frame, .left = p->left, .n = p->n_states, .m = p->n_mediators};
    crisis *c = &made;
    c->acts = p->n_acts;
    c->seed_low = (uint32_t)seed;
    c->seed_high = (uint32_t)(seed >> 32);
    find_pairs(c);
    find_clocks(c);
    find_options(c);
    find_opinions(c);
    find_bounds(c);
    find_measures(c, saved);
    find_logarithms(c, saved);
    TABLES(MAKE)
    c->spent = room(N, 8);
    c->filled = room(N + M, 8);
    c->moves = room((c->n_clocks + 2) * (c->f->slots + 2) + 2 * N * N * (M + 1), sizeof(move_t));
    for (int64_t row = 0; row < count; row++) {
        TABLES(COPY)
        memcpy(c->taken, c->taken_before, (size_t)(N * N * c->words) * 8);
        for (int64_t i = 0; i < N; i++) c->spent[i] = saved->cost[i];
        c->day = saved->counts[0];
        c->ended = saved->counts[2];
        c->replication = (uint32_t)(first + row);
        number[row] = 0;
        while (c->day < c->f->last_day) {
            c->day++;
            play_day(c);
            number[row] += c->made;
            note_postures(c, out);
        }
        note_result(c, out, row);
    }
    TABLES(DROP)
    void *rest[] = {
        c->sides, c->pairs, c->first_side, c->clocks, c->first_clock, c->conditional, c->who, c->what, c->u,
        c->options, c->rung, c->height, c->visibility, c->intercept, c->hostility, c->cost, c->cube,
        c->thresholds, c->war, c->shadow, c->is_force, c->is_strike, c->is_open_war, c->is_free, c->utility,
        c->shares, c->opinion, c->most_hazard, c->is_weighed, c->today,
        c->factor, c->tempo, c->lapse, c->log_days, c->rest, c->ends, c->taken, c->taken_before, c->spent,
        c->filled, c->moves
    };
    for (size_t k = 0; k < sizeof rest / sizeof *rest; k++) free(rest[k]);
}
