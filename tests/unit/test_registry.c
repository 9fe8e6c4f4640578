/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_registry.c -- the registry: order, lookup, additions, what is refused as a descriptor; and every
 * primitive of the program passes the check that a plugin's must. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "sample.h"
#include "sweep.h"

REGISTER_PRIMITIVE(sample_primitive);

static int compare(const Primitive *a, const Primitive *b)
{
  const int family = strcmp(a->family, b->family);
  return family ? family : strcmp(a->name, b->name);
}

static void assert_sorted(void)
{
  for (size_t i = 1; i < registry_size(); i++) {
    assert_true(compare(registry_at(i - 1), registry_at(i)) < 0); /* and so no name twice */
  }
}

static void test_all_are_sound(void **state)
{
  (void)state;
  assert_true(registry_size() > 20);
  assert_sorted();
  for (size_t i = 0; i < registry_size(); i++) {
    const Primitive *p = registry_at(i);
    Error e;
    error_clear(&e);
    if (registry_check(p, &e) != STATUS_OK) {
      fail_msg("%s", e.what);
    }
    assert_int_equal(p->size, sizeof(Primitive));
    assert_true(p->version >= 1);
    assert_true(p->reference != NULL && p->example[0] != '\0');
    assert_ptr_equal(registry_get(p->family, p->name), p);
    char full[200];
    snprintf(full, sizeof full, "%s.%s", p->family, p->name);
    assert_ptr_equal(registry_find(full), p);
    assert_non_null(registry_find(p->name));
    if (primitive_method(p)) {
      const Primitive *method = registry_method(p->takes, primitive_method(p));
      if (method != p) {
        fail_msg("the method of %s hides that of %s.%s", full, method->family, method->name);
      }
    }
    if (p->gives == VALUE_MODEL && p->takes == VALUE_FRAME) {
      assert_true(p->model && p->model->size == sizeof(ModelClass));
    }
  }
}

/* A summary is a line without a full stop; option rows hold what help shows. */
static void test_texts(void **state)
{
  (void)state;
  for (size_t i = 0; i < registry_size(); i++) {
    const Primitive *p = registry_at(i);
    assert_null(strchr(p->summary, '\n'));
    assert_true(p->summary[strlen(p->summary) - 1] != '.');
    for (size_t j = 0; j < p->n_options; j++) {
      const Option *o = &p->options[j];
      assert_null(strchr(o->help, '\n'));
      assert_true(o->help[strlen(o->help) - 1] != '.');
      assert_true(o->offset < p->options_size);
    }
    for (size_t j = 0; j < p->n_figures; j++) {
      const Figure *f = &p->figures[j];
      assert_true(f->name && f->name[0] && f->definition && f->definition[0] && f->formula && f->range);
    }
  }
}

static void test_find(void **state)
{
  (void)state;
  const Primitive *kmeans = registry_get("cluster", "kmeans");
  assert_non_null(kmeans);
  assert_ptr_equal(registry_find("kmeans"), kmeans);
  assert_ptr_equal(registry_find("cluster.kmeans"), kmeans);
  assert_ptr_equal(registry_method(VALUE_FRAME, "kmeans"), kmeans);
  assert_null(registry_method(VALUE_MODEL, "kmeans"));
  assert_null(registry_method(VALUE_NONE, "load"));
  static const char *const none[] = {"",
                                     ".",
                                     "cluster",
                                     "cluster.",
                                     ".kmeans",
                                     "cluster.kmean",
                                     "kmeans.k",
                                     "Cluster.kmeans",
                                     "cluster.kmeans.k",
                                     "clusterkmeans",
                                     "cluster.kmeans "};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    assert_null(registry_find(none[i]));
  }
  assert_null(registry_get("frame", "kmeans"));
}

/* ---- run-time primitives */

static int marker; /* what a context may point to */

static Primitive made(const char *family, const char *name)
{
  Primitive p = sample_primitive;
  p.family = family;
  p.name = name;
  p.method = NULL;
  p.context = &marker;
  return p;
}

static void test_add_and_remove(void **state)
{
  (void)state;
  const size_t before = registry_size();
  const Primitive a = made("zoo", "ant"), b = made("aaa", "bee"), c = made("zoo", "ant");
  Error e;
  error_clear(&e);
  assert_int_equal(registry_add(&a, &e), STATUS_OK);
  assert_int_equal(registry_add(&b, &e), STATUS_OK);
  assert_int_equal(registry_size(), before + 2);
  assert_sorted();
  assert_ptr_equal(registry_find("zoo.ant"), &a);
  assert_ptr_equal(registry_at(0), &b);
  assert_int_equal(registry_add(&c, &e), STATUS_OK); /* takes the place of the earlier one */
  assert_int_equal(registry_size(), before + 2);
  assert_ptr_equal(registry_find("ant"), &c);
  registry_remove(&a); /* no longer there: nothing happens */
  assert_int_equal(registry_size(), before + 2);
  registry_remove(&c);
  registry_remove(&b);
  assert_int_equal(registry_size(), before);
  assert_null(registry_find("ant"));
  assert_sorted();
}

static void test_add_refused(void **state)
{
  (void)state;
  const size_t before = registry_size();
  Primitive taken = made("cluster", "kmeans");
  Error e;
  error_clear(&e);
  assert_int_equal(registry_add(&taken, &e), STATUS_ARGUMENT);
  assert_string_equal(e.id, "bad-primitive");
  assert_non_null(strstr(e.what, "cluster.kmeans"));
  taken.summary = "";
  error_clear(&e);
  assert_int_equal(registry_add(&taken, &e), STATUS_ARGUMENT);
  assert_int_equal(registry_size(), before);
}

/* As many as there is room for, then an error and not a write past the end. */
static void test_add_very_many(void **state)
{
  (void)state;
  enum { MANY = 2000 };
  static Primitive many[MANY];
  static char names[MANY][16];
  const size_t before = registry_size();
  Error e;
  error_clear(&e);
  size_t n = 0;
  for (; n < MANY; n++) {
    snprintf(names[n], sizeof names[n], "many%zu", n * 7919 % MANY);
    many[n] = made("test", names[n]);
    if (registry_add(&many[n], &e) != STATUS_OK) {
      break;
    }
  }
  assert_true(n > 500 && n < MANY);
  assert_string_equal(e.id, "bad-primitive");
  assert_int_equal(registry_size(), before + n);
  assert_sorted();
  for (size_t i = 0; i < n; i++) {
    registry_remove(&many[i]);
  }
  assert_int_equal(registry_size(), before);
  assert_sorted();
}

/* ---- what is wrong with a descriptor */

static Option options[70];

static void refuse(const Primitive *p, const char *word)
{
  Error e;
  error_clear(&e);
  assert_int_equal(registry_check(p, &e), STATUS_ARGUMENT);
  if (!strstr(e.what, word) && !strstr(e.where, word)) {
    fail_msg("'%s' is not in: %s", word, e.what);
  }
  assert_int_equal(registry_check(p, NULL), STATUS_ARGUMENT);
}

static Primitive with_options(size_t n)
{
  Primitive p = made("test", "checked");
  memcpy(options, sample_primitive.options, sizeof(Option) * SAMPLE_N_OPTIONS);
  p.options = options;
  p.n_options = n;
  return p;
}

static void test_bad_names_and_texts(void **state)
{
  (void)state;
  static const char *const names[] = {NULL, "", "Kmeans", "k-means", "k means", "2means", "k.means", "käse"};
  for (size_t i = 0; i < 8; i++) {
    Primitive p = made("test", names[i]);
    refuse(&p, "lower-case");
    p = made(names[i], "test");
    refuse(&p, "lower-case");
    p = with_options(SAMPLE_N_OPTIONS);
    options[3].name = names[i];
    refuse(&p, "lower-case");
  }
  Primitive p = made("test", "checked");
  p.summary = NULL;
  refuse(&p, "summary");
  p.summary = "";
  refuse(&p, "summary");
  p = made("test", "checked");
  p.run = NULL;
  refuse(&p, "nothing to run");
  p = made("test", "checked");
  p.main = "nothing";
  refuse(&p, "main");
  p = made("test", "checked");
  p.returns = NULL;
  refuse(&p, "returns");
  p = made("test", "checked");
  p.example = NULL;
  refuse(&p, "example");
}

static void test_bad_options(void **state)
{
  (void)state;
  Primitive p = with_options(SAMPLE_N_OPTIONS);
  options[4].help = NULL;
  refuse(&p, "'number' has no help");
  options[4].help = "";
  refuse(&p, "'number' has no help");
  p = with_options(SAMPLE_N_OPTIONS);
  options[5].name = "count";
  refuse(&p, "twice");
  p = with_options(SAMPLE_N_OPTIONS);
  options[SAMPLE_scale].choices = "";
  refuse(&p, "needs choices");
  p = with_options(SAMPLE_N_OPTIONS);
  options[SAMPLE_init].choices = NULL;
  refuse(&p, "choices");
  p = with_options(SAMPLE_N_OPTIONS);
  options[SAMPLE_by].choices = NULL;
  refuse(&p, "choices");
  p = with_options(SAMPLE_N_OPTIONS);
  options[SAMPLE_whole].unit = NULL;
  refuse(&p, "unit");
  p = with_options(SAMPLE_N_OPTIONS);
  options[SAMPLE_on].choices = "number"; /* not numeric: no such kind of column */
  refuse(&p, "numeric");
  p = with_options(SAMPLE_N_OPTIONS);
  options[SAMPLE_on].kind = OPTION_KIND_COUNT;
  refuse(&p, "kind");
  p = with_options(SAMPLE_N_OPTIONS);
  p.options_size = sizeof(int64_t); /* the fields would be written past the struct */
  refuse(&p, "struct");
  p.options_size = sizeof(SampleOptions) - 1; /* only the last field's last byte */
  refuse(&p, "'preset'");
  p = with_options(SAMPLE_N_OPTIONS);
  p.options = NULL;
  refuse(&p, "options");
}

static void test_too_many_options(void **state)
{
  (void)state;
  static char names[70][8];
  Primitive p = with_options(0);
  p.main = NULL;
  for (size_t i = 0; i < 70; i++) {
    snprintf(names[i], sizeof names[i], "o%zu", i);
    options[i] = sample_primitive.options[SAMPLE_title];
    options[i].name = names[i];
  }
  p.n_options = 65;
  refuse(&p, "64");
  p.n_options = 64;
  assert_int_equal(registry_check(&p, NULL), STATUS_OK);
}

/* The sample's first option is required: the defaults behind it are looked at all the same. */
static void test_bad_defaults(void **state)
{
  (void)state;
  static const struct {
    size_t option;
    const char *standard;
  } rows[] = {{SAMPLE_offset, "4"},     {SAMPLE_offset, "eleven"}, {SAMPLE_whole, "1.5"},
              {SAMPLE_whole, "3 rows"}, {SAMPLE_share, "1.1"},     {SAMPLE_share, "half"},
              {SAMPLE_share, "nan"},    {SAMPLE_fast, "yes"},      {SAMPLE_scale, "zscor"},
              {SAMPLE_init, "sprad"},   {SAMPLE_other, "x"},       {SAMPLE_types, "int46"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    Primitive p = with_options(SAMPLE_N_OPTIONS);
    options[rows[i].option].standard = rows[i].standard;
    refuse(&p, options[rows[i].option].name);
  }
  Primitive p = with_options(SAMPLE_N_OPTIONS);
  options[SAMPLE_words].standard = "a word";
  assert_int_equal(registry_check(&p, NULL), STATUS_OK);
}

static Status run_registry_check(void *context, Error *e)
{
  return registry_check(context, e);
}

static void test_memory_fails(void **state)
{
  (void)state;
  Primitive p = sample_primitive;
  assert_true(sweep(run_registry_check, &p) > 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_all_are_sound),       cmocka_unit_test(test_texts),
    cmocka_unit_test(test_find),                cmocka_unit_test(test_add_and_remove),
    cmocka_unit_test(test_add_refused),         cmocka_unit_test(test_add_very_many),
    cmocka_unit_test(test_bad_names_and_texts), cmocka_unit_test(test_bad_options),
    cmocka_unit_test(test_too_many_options),    cmocka_unit_test(test_bad_defaults),
    cmocka_unit_test(test_memory_fails),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
