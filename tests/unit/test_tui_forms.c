/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_tui_forms.c -- the form of every primitive that there is: opened on data it is for, with what it must have filled in as a
 * user would, it has nothing wrong, and the line that it shows runs. A primitive that is added is tried without a line here; where
 * its first column, 3 or the iris will not do, `cases` says what will. Also: what is typed into a field, and choices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "session_fixture.h"
#include "tui/form.h"

/* ---- the session that forms work on */

static const char *const setup[] = {
  "iris = read 'datasets/iris/iris.csv'",
  "orders = read('datasets/orders/orders.csv'):mutate('amount = quantity * price')",
  "faithful = read 'datasets/faithful/faithful.csv'",
  "titanic = read('datasets/titanic/titanic.csv'):mutate{\"p = if(sex == 'female', 0.7, 0.2)\"}",
  "months = frame{{'customer', {1, 2}}, {'jan', {10, 20}}, {'feb', {11, 12}}}",
  "baskets = orders:baskets{id = 'order', item = 'product'}",
  "seg = iris:kmeans{k = 3}",
  "later = iris:kmeans{k = 3, scale = 'zscore'}",
  "labelled = seg:augment(iris)",
  "twice = later:augment(labelled:rename{first = 'cluster'})",
  "medoids = iris:pam{k = 3, silhouette = true}",
  "mix = faithful:mixture{k = '1:3', model = {'EEE', 'VVV'}}",
  "spec = iris:spectral(3)",
  "tree = iris:hierarchical(3)",
  "dense = iris:hdbscan(5)",
  "reach = iris:optics(5)",
  "latent = titanic:latent_class{k = 2, on = {'class', 'sex', 'survived'}}",
  "choice = iris:choose{k = '2:4', references = 0, resamples = 0}",
  "map = iris:som{x = 4, y = 3}",
  "card = seg:passport(iris)",
  "shop = orders:rfm{id = 'customer', date = 'date', amount = 'amount'}",
  "cohorts = orders:cohort{id = 'customer', date = 'date'}",
  "judged = titanic:roc{score = 'p', truth = 'survived'}",
  "fit = iris:ols('petal_width ~ petal_length')",
  "axes = iris:pca(2)",
  "changed = diff(frame{x = {1, 2}}, frame{x = {1, 3}})",
  "moves = diff(seg, later)",
  "picture = plot.scatter(iris, {x = 'petal_length', y = 'petal_width'})",
  "lengths = iris.sepal_length",
};

/* What the usual filling does not suit: the object, and fields as they are typed. PATH: a file that may be written. */
static const struct Case {
  const char *primitive, *object, *fields[6];
} cases[] = {
  {"chart.save", NULL, {"path=PATH.svg"}},
  {"cluster.agreement", "twice", {"a=first", "b=species"}},
  {"cluster.choose", NULL, {"k=2:4"}},
  {"cluster.condensed", "dense", {NULL}},
  {"cluster.consensus", "twice", {"by=first, cluster"}},
  {"cluster.covariances", "mix", {NULL}},
  {"cluster.criteria", "mix", {NULL}},
  {"cluster.cut", "tree", {"k=4"}},
  {"cluster.eigenvalues", "spec", {NULL}},
  {"cluster.export", NULL, {"path=PATH.sql"}},
  {"cluster.kmodes", NULL, {"k=3", "on=species"}},
  {"cluster.kprototypes", NULL, {"k=3"}},
  {"cluster.latent_class", "titanic", {"on=class, sex, survived"}},
  {"cluster.leaves", "tree", {NULL}},
  {"cluster.merges", "tree", {NULL}},
  {"cluster.migrate", "twice", {"from=first", "to=cluster"}},
  {"cluster.migrate_models", NULL, {"other=later"}},
  {"cluster.part", "card", {"name=rows"}},
  {"cluster.passport_text", "card", {NULL}},
  {"cluster.passport_write", "card", {"path=PATH.md"}},
  {"cluster.reachability", "reach", {NULL}},
  {"cluster.responses", "latent", {NULL}},
  {"cluster.segmentation", NULL, {"column=species"}},
  {"cluster.silhouette", "labelled", {"cluster=cluster"}},
  {"cluster.silhouettes", "medoids", {NULL}},
  {"cluster.suggestions", "choice", {NULL}},
  {"cluster.units", "map", {NULL}},
  {"cluster.validity", "labelled", {"by=cluster"}},
  {"cluster.valleys", "reach", {NULL}},
  {"column.cast", NULL, {"type=string"}},
  {"customer.cohort", "orders", {"id=customer", "date=date"}},
  {"customer.curve", "cohorts", {NULL}},
  {"customer.cuts", "shop", {NULL}},
  {"customer.rfm", "orders", {"id=customer", "date=date", "amount=amount"}},
  {"customer.segments", "shop", {NULL}},
  {"customer.triangle", "cohorts", {NULL}},
  {"diff.cells", "changed", {NULL}},
  {"diff.models", NULL, {"other=later"}},
  {"diff.moved", "moves", {NULL}},
  {"frame.agg", NULL, {"columns=mean(sepal_length)", "named=most = \"max(sepal_width)\""}},
  {"frame.baskets", "orders", {"id=order", "item=product"}},
  {"frame.cast", NULL, {"types={species = \"string\"}"}},
  {"frame.compute", NULL, {"expression=sepal_length / 2"}},
  {"frame.crosstab", "titanic", {"rows=class", "columns=sex"}},
  {"frame.design", NULL, {"formula=petal_width ~ species"}},
  {"frame.filter", NULL, {"condition=sepal_length > $least", "parameters=least = 5"}},
  {"frame.join", NULL, {"other=iris", "on=species"}},
  {"frame.long", "baskets", {NULL}},
  {"frame.mutate", NULL, {"named=half = \"sepal_length / 2\""}},
  {"frame.onehot", "baskets", {NULL}},
  {"frame.pivot", "orders", {"columns=product", "rows=customer", "values=quantity", "agg=sum"}},
  {"frame.read", NULL, {"path=datasets/iris/iris.csv"}},
  {"frame.read_baskets", NULL, {"path=datasets/supermarket/supermarket.baskets.gz"}},
  {"frame.relevel", NULL, {"column=species"}},
  {"frame.rename", NULL, {"names=kind = \"species\""}},
  {"frame.resample", "orders", {"agg=n = sum(quantity)", "time=date", "every=month"}},
  {"frame.sample", NULL, {"n=10"}},
  {"frame.sort", NULL, {"by=species, -sepal_length"}},
  {"frame.top", NULL, {"n=3", "order=-sepal_length"}},
  {"frame.unpivot", "months", {"columns=jan, feb"}},
  {"frame.write", NULL, {"path=PATH.csv"}},
  {"help.example", NULL, {"name=head"}},
  {"help.step", NULL, {"verb=kmeans", "options=k = 3"}},
  {"judge.calibration", "judged", {NULL}},
  {"judge.confusion", "judged", {"threshold=0.5"}},
  {"judge.lift", "judged", {NULL}},
  {"judge.roc", "titanic", {"score=p", "truth=survived"}},
  {"model.load", NULL, {"path=PATH.model"}},
  {"model.save", NULL, {"path=PATH.model"}},
  {"model.why", NULL, {"figure=inertia"}},
  {"plugin.load", NULL, {"name=hello"}},
  {"reduce.loadings", "axes", {NULL}},
  {"regress.covariance", "fit", {NULL}},
  {"regress.ols", NULL, {"formula=petal_width ~ species"}},
  {"regress.residuals", "fit", {NULL}},
  {"rules.itemsets", "baskets", {"support=0.05"}},
  {"rules.rules", "baskets", {"support=0.05"}},
};

typedef struct World {
  Played *played;
  SessionVariable *objects;
  size_t n;
  char folder[40];
  size_t failed;
} World;

static Status evaluate(void *context, const char *lua, Value *out, Error *e)
{
  return session_evaluate(((World *)context)->played->session, lua, out, e);
}

static const SessionVariable *object(void *context, size_t index)
{
  const World *world = context;
  return index < world->n ? &world->objects[index] : NULL;
}

static const SessionVariable *named(const World *world, const char *name)
{
  for (size_t i = 0; i < world->n; i++) {
    if (strcmp(world->objects[i].name, name) == 0) {
      return &world->objects[i];
    }
  }
  fail_msg("there is no %s", name);
  return NULL;
}

static void look(World *world)
{
  Error e = {0};
  session_list_free(world->objects, world->n);
  assert_int_equal(session_list(world->played->session, &world->objects, &world->n, &e), STATUS_OK);
}

/* A plugin with one primitive: its form is like any other. */
static const char *const plugin[][2] = {
  {"plugin.json", "{\"name\": \"hello\", \"summary\": \"a test\", \"files\": [\"hello.lua\"], \"primitives\": [\"hello.tally\"]}"},
  {"hello.lua", "primitive { family = 'hello', name = 'tally', takes = 'frame', summary = 'counts rows', options = {{ name = 'column', "
                "kind = 'column', choices = 'numeric', required = true, help = 'column to count' }}, returns = 'a number', "
                "run = function(df, o) return #df end }"}};

static char plugins[40] = "/tmp/assay-forms-XXXXXX"; /* looked through once in the life of the program */

static void plant(void)
{
  char path[80];
  assert_non_null(mkdtemp(plugins));
  snprintf(path, sizeof path, "%s/hello", plugins);
  assert_int_equal(mkdir(path, 0700), 0);
  for (size_t i = 0; i < 2; i++) {
    snprintf(path, sizeof path, "%s/hello/%s", plugins, plugin[i][0]);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(plugin[i][1], file);
    assert_int_equal(fclose(file), 0);
  }
  setenv("ASSAY_PLUGINS", plugins, 1);
}

static void uproot(void)
{
  char path[80];
  for (size_t i = 0; i < 2; i++) {
    snprintf(path, sizeof path, "%s/hello/%s", plugins, plugin[i][0]);
    (void)unlink(path);
  }
  snprintf(path, sizeof path, "%s/hello", plugins);
  (void)rmdir(path);
  (void)rmdir(plugins);
}

static void world_open(World *world, size_t lines)
{
  *world = (World){.played = played_new(PLAYED_PROMPT_IN_PLACE), .folder = "/tmp/assay-forms-XXXXXX"};
  assert_non_null(mkdtemp(world->folder));
  for (size_t i = 0; i < lines; i++) {
    (void)played_done(world->played, setup[i]);
  }
  look(world);
}

static void world_close(World *world)
{
  static const char *const ends[] = {"svg", "sql", "md", "csv", "model"};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    char path[64];
    snprintf(path, sizeof path, "%s/x.%s", world->folder, ends[i]);
    (void)unlink(path);
  }
  assert_int_equal(rmdir(world->folder), 0);
  session_list_free(world->objects, world->n);
  played_free(world->played);
}

/* ---- filling in */

static const struct Case *case_of(const char *name)
{
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (strcmp(cases[i].primitive, name) == 0) {
      return &cases[i];
    }
  }
  return NULL;
}

static const char *usual_object(ValueKind takes)
{
  return takes == VALUE_FRAME ? "iris" : takes == VALUE_MODEL ? "seg" : takes == VALUE_COLUMN ? "lengths" : "picture";
}

static size_t field_of(const Form *form, const char *name, size_t n)
{
  for (size_t i = FORM_OPTIONS; i < form->n; i++) {
    if (strlen(form_name(form, i)) == n && strncmp(form_name(form, i), name, n) == 0) {
      return i;
    }
  }
  fail_msg("%s.%s has no option %.*s", form->primitive->family, form->primitive->name, (int)n, name);
  return 0;
}

/* "name=what is typed" */
static void fill(World *world, Form *form, const char *text)
{
  const size_t n = strcspn(text, "="), field = field_of(form, text, n);
  char typed[120];
  if (strncmp(text + n + 1, "PATH", 4) == 0) {
    snprintf(typed, sizeof typed, "%s/x%s", world->folder, text + n + 5);
  } else {
    snprintf(typed, sizeof typed, "%s", text + n + 1);
  }
  form_set(form, field, typed, NULL);
  if (form->fields[field].error.status != STATUS_OK) {
    fail_msg("%s.%s: %s: %s", form->primitive->family, form->primitive->name, text, form->fields[field].error.what);
  }
}

/* What must be given and was not: its first choice, else a small number. */
static void fill_required(Form *form)
{
  for (size_t i = FORM_OPTIONS; i < form->n; i++) {
    if (form_option(form, i)->standard != OPTION_REQUIRED || form->fields[i].lua.size > 0) {
      continue;
    }
    if (form_choices(form, i) > 0) {
      form_choose(form, i, 0);
    } else {
      form_set(form, i, "3", NULL);
    }
  }
}

static void try_primitive(World *world, const Primitive *primitive)
{
  char name[96];
  Form form = {0};
  Error e = {0};
  Text call = {0};
  snprintf(name, sizeof name, "%s.%s", primitive->family, primitive->name);
  const struct Case *known = case_of(name);
  assert_int_equal(form_open(&form, primitive, evaluate, object, world, &e), STATUS_OK);
  if (primitive->takes != VALUE_NONE) {
    const char *data = known && known->object ? known->object : usual_object(primitive->takes);
    form_set(&form, FORM_DATA, data, &named(world, data)->value);
    form_propose(&form, "iris");
  }
  if (primitive->gives != VALUE_NONE) {
    form_set(&form, FORM_RESULT, "made", NULL);
  }
  for (size_t i = 0; known && i < 6 && known->fields[i]; i++) {
    fill(world, &form, known->fields[i]);
  }
  fill_required(&form);
  form_call(&form, &call);
  const size_t wrong = form_wrong(&form);
  if (wrong < form.n) {
    print_error("%s: field %s of %s: %s\n", name, form_name(&form, wrong), text_data(&call), form.fields[wrong].error.what);
    world->failed++;
  } else if (played_run(world->played, text_data(&call)) != RUN_DONE) {
    print_error("%s: %s: %s\n", name, text_data(&call), world->played->outcome.error.what);
    world->failed++;
  }
  text_free(&call);
  form_close(&form);
}

/* ---- tests */

static void every_form_runs(void **state)
{
  World world;
  (void)state;
  world_open(&world, sizeof setup / sizeof *setup);
  assert_true(registry_size() > 120);
  const Primitive *load = NULL;
  for (size_t i = 0; i < registry_size(); i++) {
    const Primitive *primitive = registry_at(i);
    if (strcmp(primitive->family, "model") == 0 && strcmp(primitive->name, "load") == 0) {
      load = primitive; /* what save writes */
    } else {
      try_primitive(&world, primitive);
    }
  }
  assert_non_null(load);
  try_primitive(&world, load);
  const Primitive *tally = registry_find("hello.tally"); /* of the plugin that the form of plugin.load has loaded */
  assert_non_null(tally);
  try_primitive(&world, tally);
  assert_int_equal(world.failed, 0);
  world_close(&world);
}

/* A form of the primitive with iris, or the model of it, as its data. */
static void open_form(World *world, Form *form, const char *name)
{
  Error e = {0};
  const Primitive *primitive = registry_find(name);
  assert_non_null(primitive);
  assert_int_equal(form_open(form, primitive, evaluate, object, world, &e), STATUS_OK);
  const char *data = usual_object(primitive->takes);
  form_set(form, FORM_DATA, data, &named(world, data)->value);
}

static void reads_as(Form *form, const char *field, const char *typed, const char *lua)
{
  const size_t at = field_of(form, field, strlen(field));
  form_set(form, at, typed, NULL);
  assert_string_equal(text_data(&form->fields[at].lua), lua);
}

static void words_become_what_they_mean(void **state)
{
  World world;
  Form form = {0};
  Text call = {0};
  (void)state;
  world_open(&world, 7);
  open_form(&world, &form, "cluster.kmeans");
  reads_as(&form, "k", " 4 ", "4");
  reads_as(&form, "on", "sepal_length, petal_width", "{\"sepal_length\", \"petal_width\"}");
  reads_as(&form, "scale", "zscore", "\"zscore\"");
  reads_as(&form, "init", "random", "\"random\""); /* a word, since nothing is called so */
  reads_as(&form, "init", "iris", "iris");         /* a frame */
  form_call(&form, &call);
  assert_string_equal(text_data(&call),
                      "iris:kmeans{k = 4, on = {\"sepal_length\", \"petal_width\"}, scale = \"zscore\", init = iris}");
  open_form(&world, &form, "cluster.choose");
  reads_as(&form, "k", "2:4", "\"2:4\"");
  reads_as(&form, "k", "{2, 4}", "{2, 4}");
  open_form(&world, &form, "frame.rename");
  reads_as(&form, "names", "{kind = \"species\"}", "kind = \"species\"");
  text_reset(&call);
  form_call(&form, &call);
  assert_string_equal(text_data(&call), "iris:rename{kind = \"species\"}");
  reads_as(&form, "names", "kind = ", "kind =");
  assert_int_not_equal(form.fields[field_of(&form, "names", 5)].error.status, STATUS_OK);
  text_free(&call);
  form_close(&form);
  world_close(&world);
}

static void frames_can_be_chosen(void **state)
{
  World world;
  Form form = {0};
  (void)state;
  world_open(&world, 7);
  open_form(&world, &form, "frame.join");
  const size_t other = field_of(&form, "other", 5);
  assert_int_equal(form_choices(&form, other), 6); /* of the seven objects one is a model */
  form_step(&form, other, 1);
  assert_string_equal(text_data(&form.fields[other].lua), "baskets");
  form_step(&form, other, 1);
  assert_string_equal(text_data(&form.fields[other].lua), "faithful");
  assert_true(form_chosen(&form, other, 1));
  assert_false(form_chosen(&form, other, 0));
  open_form(&world, &form, "frame.append");
  const size_t frames = field_of(&form, "frames", 6);
  assert_true(form_is_list(&form, frames));
  form_choose(&form, frames, 2);
  form_choose(&form, frames, 0);
  assert_string_equal(text_data(&form.fields[frames].lua), "{baskets, iris}");
  form_choose(&form, frames, 0);
  assert_string_equal(text_data(&form.fields[frames].lua), "{iris}");
  open_form(&world, &form, "cluster.kmeans");
  const size_t init = field_of(&form, "init", 4);
  assert_int_equal(form_choices(&form, init), 4 + 6); /* words, then frames */
  form_choose(&form, init, 3);
  assert_string_equal(text_data(&form.fields[init].lua), "\"random\"");
  form_choose(&form, init, 4);
  assert_string_equal(text_data(&form.fields[init].lua), "baskets");
  form_choose(&form, init, 0); /* the default need not be said */
  assert_int_equal(form.fields[init].lua.size, 0);
  form_close(&form);
  world_close(&world);
}

/* A proposal goes with the model; what the user typed stays. */
static void proposals_give_way(void **state)
{
  World world;
  Form form = {0};
  (void)state;
  world_open(&world, 7);
  open_form(&world, &form, "cluster.profile");
  const size_t data = field_of(&form, "data", 4);
  form_propose(&form, "iris");
  assert_string_equal(text_data(&form.fields[data].lua), "iris");
  form_propose(&form, "orders");
  assert_string_equal(text_data(&form.fields[data].lua), "orders");
  form_set(&form, data, "faithful", NULL);
  form_propose(&form, "iris");
  assert_string_equal(text_data(&form.fields[data].lua), "faithful");
  form_close(&form);
  world_close(&world);
}

int main(void)
{
  setlocale(LC_CTYPE, "C.UTF-8");
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(words_become_what_they_mean),
    cmocka_unit_test(frames_can_be_chosen),
    cmocka_unit_test(proposals_give_way),
    cmocka_unit_test(every_form_runs),
  };
  plant();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  uproot();
  return failed;
}
