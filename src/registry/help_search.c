/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Search over the text of all help: which pages have the words asked for, best first.
 *
 * A word counts the more the fewer pages have it (inverse document frequency) and the nearer the top of the page it stands:
 * name, summary, rest. Words are compared by their stems (clusters, clustered, clustering), and words that people use for the
 * same thing bring one another in at half the weight. Functions and methods come before messages of equal fit.
 */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "registry/help.h"

enum { WORD_MOST = 32, TERMS_MOST = 48, HITS_MOST = 12 };

typedef struct Term {
  char stem[WORD_MOST];
  size_t asked;    /* the number of the asked word that it stands for */
  double weight;   /* 1, or less for a word of the same meaning */
  size_t pages;    /* that have it */
} Term;

typedef struct Query {
  Term terms[TERMS_MOST];
  size_t n, asked;
} Query;

typedef struct Page {
  const char *name, *summary;
  double prior;
  unsigned char places[TERMS_MOST]; /* 0: not there, 1 rest, 3 summary, 6 name */
} Page;

/* Words that say little. */
static const char *const stop_words[] = {"a",   "an",  "and", "are", "by",   "can",  "do",  "does", "for", "from", "get",
                                         "how", "i",   "in",  "is",  "it",   "many", "me",  "my",   "of",  "on",   "or",
                                         "so",  "that", "the", "to",  "want", "what", "which", "who", "with", "you"};

/* Words for one thing; each line brings in the others. The first is the one that pages use. */
static const char *const meanings[][8] = {
    {"xlsx", "excel", "spreadsheet", "workbook"},
    {"cluster", "segment", "segmentation", "group"},
    {"rules", "basket", "market", "association", "affinity"},
    {"cohort", "retention", "back", "return", "loyalty"},
    {"plot", "chart", "graph", "picture", "draw", "visualise", "visualize"},
    {"ols", "regression", "linear", "lm"},
    {"mean", "average"},
    {"join", "merge", "lookup"},
    {"unpivot", "melt", "gather"},
    {"pivot", "spread", "wide", "reshape"},
    {"missing", "null", "na", "nan", "empty"},
    {"distinct", "duplicate", "unique", "repeated"},
    {"filter", "subset", "where", "keep"},
    {"mutate", "add", "compute", "derive"},
    {"agg", "aggregate", "summarise", "summarize", "group"},
    {"sort", "order", "arrange"},
    {"write", "save", "export"},
    {"read", "load", "import", "open"},
    {"quantile", "percentile", "median"},
    {"hist", "histogram", "distribution"},
    {"rfm", "recency", "frequency", "monetary"},
    {"cast", "convert", "type"},
    {"k", "number"},
};

/* Copies a word of text in small letters without its ending; gives the bytes taken, 0 at the end of the text. */
static size_t next_word(const char *text, char stem[WORD_MOST])
{
  size_t at = 0, n = 0;
  while (text[at] && !isalnum((unsigned char)text[at]) && (unsigned char)text[at] < 0x80) {
    at++;
  }
  for (; isalnum((unsigned char)text[at]) || (unsigned char)text[at] >= 0x80; at++) {
    if (n + 1 < WORD_MOST) {
      stem[n++] = (char)tolower((unsigned char)text[at]);
    }
  }
  static const struct {
    const char *ending, *instead;
  } endings[] = {{"ations", ""}, {"ation", ""}, {"ings", ""}, {"ing", ""}, {"ies", "y"}, {"ers", ""}, {"ed", ""}, {"es", ""},
                 {"er", ""},     {"s", ""},     {"e", ""}};
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    const size_t length = strlen(endings[i].ending);
    if (n >= length + 3 && memcmp(stem + n - length, endings[i].ending, length) == 0) {
      n -= length;
      memcpy(stem + n, endings[i].instead, strlen(endings[i].instead));
      n += strlen(endings[i].instead);
      break;
    }
  }
  stem[n] = '\0';
  return n ? at : 0;
}

static bool is_stop_word(const char *word, size_t n)
{
  for (size_t i = 0; i < sizeof stop_words / sizeof *stop_words; i++) {
    if (strlen(stop_words[i]) == n && strncasecmp(word, stop_words[i], n) == 0) {
      return true;
    }
  }
  return false;
}

static void add_term(Query *query, const char *stem, double weight)
{
  for (size_t i = 0; i < query->n; i++) {
    if (strcmp(query->terms[i].stem, stem) == 0 && query->terms[i].asked == query->asked) {
      return;
    }
  }
  if (query->n < TERMS_MOST) {
    Term *term = &query->terms[query->n++];
    memcpy(term->stem, stem, WORD_MOST);
    term->asked = query->asked;
    term->weight = weight;
  }
}

/* The other words of each line that has the stem. */
static void add_meanings(Query *query, const char *stem)
{
  char other[WORD_MOST];
  for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
    bool here = false;
    for (size_t j = 0; j < 8 && meanings[i][j]; j++) {
      (void)next_word(meanings[i][j], other);
      here = here || strcmp(other, stem) == 0;
    }
    for (size_t j = 0; here && j < 8 && meanings[i][j]; j++) {
      (void)next_word(meanings[i][j], other);
      add_term(query, other, j == 0 ? 0.7 : 0.4);
    }
  }
}

static void read_query(const char *words, Query *query)
{
  char stem[WORD_MOST];
  for (size_t pass = 0; pass < 2 && query->n == 0; pass++) { /* only stop words: then these */
    const char *at = words;
    for (size_t taken; (taken = next_word(at, stem)) > 0; at += taken) {
      const size_t blank = strcspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
      if (pass == 0 && blank < taken && is_stop_word(at + blank, taken - blank)) {
        continue;
      }
      add_term(query, stem, 1);
      add_meanings(query, stem);
      query->asked++;
    }
  }
}

static void mark_words(const Query *query, const char *text, unsigned char place, Page *page)
{
  char stem[WORD_MOST];
  for (size_t taken; text && (taken = next_word(text, stem)) > 0; text += taken) {
    for (size_t i = 0; i < query->n; i++) {
      if (page->places[i] < place && strcmp(stem, query->terms[i].stem) == 0) {
        page->places[i] = place;
      }
    }
  }
}

static void mark_primitive(const Query *query, const Primitive *primitive, Page *page)
{
  *page = (Page){.name = primitive->name, .summary = primitive->summary, .prior = 1.3};
  mark_words(query, primitive->name, 6, page);
  mark_words(query, primitive->method, 6, page);
  mark_words(query, primitive->family, 3, page);
  mark_words(query, primitive->summary, 3, page);
  mark_words(query, primitive->details, 1, page);
  mark_words(query, primitive->returns, 1, page);
  for (size_t i = 0; i < primitive->n_options; i++) {
    mark_words(query, primitive->options[i].name, 1, page);
    mark_words(query, primitive->options[i].help, 1, page);
  }
  for (size_t i = 0; primitive->model && i < primitive->model->n_predict_options; i++) {
    mark_words(query, primitive->model->predict_options[i].name, 1, page);
    mark_words(query, primitive->model->predict_options[i].help, 1, page);
  }
  for (size_t i = 0; i < primitive->n_figures; i++) {
    mark_words(query, primitive->figures[i].name, 1, page);
    mark_words(query, primitive->figures[i].definition, 1, page);
  }
}

static void mark_topic(const Query *query, const Topic *topic, Page *page)
{
  const bool message = strchr(topic->name, '-') != NULL;
  *page = (Page){.name = topic->name, .summary = topic->summary, .prior = message ? 0.6 : 0.9};
  mark_words(query, topic->name, 6, page);
  mark_words(query, topic->summary, 3, page);
  mark_words(query, topic->text, 1, page);
}

/* Each asked word counts by its best term; a page must have more than half of the words. */
static double score(const Query *query, const Page *page, size_t n_pages)
{
  double best[TERMS_MOST] = {0}, sum = 0;
  size_t found = 0;
  for (size_t i = 0; i < query->n; i++) {
    const Term *term = &query->terms[i];
    const double rare = log(1 + (double)n_pages / (double)(term->pages ? term->pages : 1));
    const double points = page->places[i] * term->weight * rare;
    best[term->asked] = points > best[term->asked] ? points : best[term->asked];
  }
  for (size_t i = 0; i < query->asked && i < TERMS_MOST; i++) {
    sum += best[i];
    found += best[i] > 0;
  }
  return found * 2 > query->asked ? sum * page->prior * (double)found / (double)query->asked : 0;
}

typedef struct Hit {
  double points;
  const Page *page;
} Hit;

static void keep_best(Hit *hits, size_t *n, Hit hit)
{
  size_t at = *n < HITS_MOST ? (*n)++ : HITS_MOST;
  if (at == HITS_MOST && hits[HITS_MOST - 1].points >= hit.points) {
    return;
  }
  at = at == HITS_MOST ? HITS_MOST - 1 : at;
  for (; at > 0 && hits[at - 1].points < hit.points; at--) {
    hits[at] = hits[at - 1];
  }
  hits[at] = hit;
}

bool help_search(const char *words, size_t width, Text *out)
{
  Query query = {0};
  Hit hits[HITS_MOST];
  size_t n = 0, n_pages = 0;
  read_query(words, &query);
  Page *pages = query.n ? mem_zero(registry_size() + topics_size(), sizeof *pages) : NULL;
  if (!pages) {
    out->failed = out->failed || query.n > 0;
    return false;
  }
  for (size_t i = 0; i < registry_size(); i++) {
    mark_primitive(&query, registry_at(i), &pages[n_pages++]);
  }
  for (size_t i = 0; i < topics_size(); i++) {
    mark_topic(&query, topics_at(i), &pages[n_pages++]);
  }
  for (size_t i = 0; i < query.n; i++) {
    for (size_t p = 0; p < n_pages; p++) {
      query.terms[i].pages += pages[p].places[i] > 0;
    }
  }
  for (size_t p = 0; p < n_pages; p++) {
    const double points = score(&query, &pages[p], n_pages);
    if (points > 0) {
      keep_best(hits, &n, (Hit){points, &pages[p]});
    }
  }
  for (size_t i = 0; i < n; i++) {
    help_entry("  ?", hits[i].page->name, 22, hits[i].page->summary, width, out);
  }
  mem_free(pages);
  return n > 0;
}
