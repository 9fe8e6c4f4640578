/* SPDX-License-Identifier: GPL-3.0-or-later */
/* primitive.h -- the descriptor: everything the program knows about one thing a user can call.
 *
 * Declared once, beside the algorithm (FAMILY_primitives.c) or in Lua (`primitive{...}`). From it come the Lua function and
 * method, argument checking, help, completion, the reference manual, editor stubs, the examples' test and, later, forms,
 * REST schemas and the journal. A C primitive joins the registry by REGISTER_PRIMITIVE in its own file: adding one touches
 * only new files.
 */
#ifndef ASSAY_REGISTRY_PRIMITIVE_H
#define ASSAY_REGISTRY_PRIMITIVE_H

#include "core/options.h"
#include "core/task.h"
#include "registry/value.h"

/* One option; made from an option list (core/options.h) by OPTION_ROW. */
typedef struct Option {
  const char *name;
  OptionKind kind;
  const char *standard;  /* default as text; OPTION_REQUIRED, OPTION_UNSET */
  double low, high;      /* inclusive range of numbers; low > high: none. Lists: least and most items, high 0: no most */
  const char *choices;   /* "a|b|c" */
  const char *unit;
  const char *help;      /* one line, no full stop */
  size_t offset;         /* of the field in the typed struct */
} Option;

#define OPTION_ROW_OF(type, field, kind, standard, low, high, choices, unit, help) \
  {#field, OPTION_##kind, standard, low, high, choices, unit, help, offsetof(type, field)},

/* A glance column explained: definition, formula with {names} of glance columns, what is sane. */
typedef struct Figure {
  const char *name, *definition, *formula, *range;
} Figure;

typedef enum Effect { EFFECT_NONE = 0, EFFECT_READS = 1, EFFECT_WRITES = 2, EFFECT_PROCESS = 4, EFFECT_NETWORK = 8 } Effect;

/* Where it runs: on a job thread while the face stays alive, or at once on the main thread. */
typedef enum Where { WHERE_JOB, WHERE_MAIN } Where;

typedef struct Primitive Primitive;

/* What a running primitive is handed. Options are checked and typed; `data` is the first argument. */
typedef struct Call {
  const Primitive *primitive;
  Task *task;
  const Value *data;     /* VALUE_NONE when the primitive takes none */
  const void *options;   /* the typed struct */
  uint64_t given;        /* bit i: option i was given by the caller */
  Text *notes;           /* lines for the user ("dropped 3 rows"), shown at the prompt; never NULL */
  Text *warnings;        /* lines that batch must not miss either, and that notes have too; NULL: nobody listens */
} Call;

/* A forecast made before the run: bytes held at the peak, seconds on this kind of machine. */
typedef struct Cost {
  double bytes, seconds;
} Cost;

/* What m:plot was asked for. Texts are "" when not given; x and y are columns of data. */
typedef struct PlotRequest {
  const char *kind;
  const Frame *data;     /* the rows to show: those given, else those of the fit; NULL when neither is at hand */
  const char *x, *y;
  const char *title;
} PlotRequest;

/* How a method makes a model of a frame, in the steps that differ between methods (registry/model_fit.h does the rest). `fit` is
 * the method's own struct, all zeros at first; `options` its typed options. */
typedef struct ModelSteps {
  size_t fit_size;
  /* From the frame to what is worked on. */
  Status (*prepare)(Call *call, const Frame *data, const void *options, void *fit, Error *e);
  /* The state of a stopped fit, out of its model; NULL: such fits cannot go on. */
  Status (*resume)(const Model *model, const void *options, void *fit, Error *e);
  /* The method, on from where fit stands; lines for the user go to call->notes. */
  Status (*work)(Call *call, const void *options, void *fit, Error *e);
  /* The options that the model keeps where these are not the call's own (NULL: they are): changes a copy of them. For large
   * frames that only a stopped fit needs again. */
  void (*keep)(const void *fit, void *options);
  /* The model's frames, but for the notes. */
  Status (*fill)(Model *model, const void *options, const void *fit, Error *e);
  void (*free)(void *fit);
} ModelSteps;

/* What a fitted model of this primitive can do; a missing function means the verb is refused with a reason. */
typedef struct ModelClass {
  size_t size;           /* sizeof(ModelClass), so that it may grow */
  /* The model's own columns for the rows of data, to be added or returned as they are. */
  Status (*predict)(Call *call, const Model *model, const Frame *data, Frame **out, Error *e);
  /* Goes on with a fit that was stopped; data is the frame it was fitted to. */
  Status (*proceed)(Call *call, const Model *model, const Frame *data, Model **out, Error *e);
  /* One line that heads the card: "5 clusters of 200 rows on income, score". */
  void (*headline)(const Model *model, Text *out);
  /* Checks a model that came from a file: frames, columns, sizes. */
  Status (*check)(const Model *model, Error *e);
  /* Its charts, for m:plot(kind): kinds as "segments|sizes", the first is what m:plot() gives. request->kind is one of them. */
  const char *plots;
  Status (*plot)(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e);
  /* Options of predict and augment that only these models take, as rows of a struct of predict_size bytes, which predict
   * finds in call->options. */
  const Option *predict_options;
  size_t n_predict_options, predict_size;
  /* Lines of the card in place of the list of glance's figures; NULL: the list. */
  void (*figures)(const Model *model, Text *out);
  const ModelSteps *steps; /* of primitives whose run is model_run */
} ModelClass;

struct Primitive {
  size_t size;                 /* sizeof(Primitive) */
  const char *family, *name;   /* cluster, kmeans */
  const char *method;          /* method name of frames or models when it differs; NULL: name; "": no method */
  const char *global;          /* name of a global function too, or NULL */
  int version;                 /* of the model's shape */
  const char *summary;         /* one line, no full stop */
  const char *details;         /* what it does and how, a few sentences; may be NULL */
  ValueKind takes;             /* VALUE_FRAME, VALUE_MODEL, VALUE_COLUMN, VALUE_CHART or VALUE_NONE */
  const char *takes_class;     /* takes a model: only of primitives of this family, or NULL for any */
  const char *main;            /* the option that a bare second argument fills, or NULL */
  const Option *options;
  size_t n_options, options_size;
  ValueKind gives;
  const char *returns;         /* what it gives, one line */
  const char *reference;       /* paper or book; "" for a plain verb */
  const char *example;         /* runnable Lua; run by the tests with the shipped data sets */
  unsigned effects;            /* Effect bits */
  Where where;
  Status (*cost)(const Call *call, Cost *out, Error *e); /* NULL: small */
  const Figure *figures;
  size_t n_figures;
  Status (*run)(Call *call, Value *out, Error *e);
  const ModelClass *model;     /* when it gives a model */
  void *context;               /* for primitives declared from Lua */
};

/* Puts a C primitive into the registry at link time. */
#define REGISTER_PRIMITIVE(primitive)                                                                   \
  static const Primitive *const primitive##_registered                                                  \
      __attribute__((used, section("assay_primitives"), aligned(sizeof(void *)))) = &(primitive)

#endif
