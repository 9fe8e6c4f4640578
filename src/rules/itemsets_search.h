/* SPDX-License-Identifier: GPL-3.0-or-later */
/* itemsets_search.h -- the inside of itemsets_mine, shared by its files only.
 *
 * Items are recoded: 0 is the most frequent one. A Piece is a database of baskets, each a rising list of items. Every
 * thread has one Search with its scratch memory and the prefix of the set it is at.
 */
#ifndef ASSAY_RULES_ITEMSETS_SEARCH_H
#define ASSAY_RULES_ITEMSETS_SEARCH_H

#include <stdatomic.h>

#include "rules/itemsets.h"

enum {
  DEPTH_MOST = 4096,  /* items of a set */
  TABLE_ITEMS = 10,   /* so many items left are counted by a table */
  DENSE_ITEMS = 12,   /* bitmaps want at least so many items */
  DENSE_SHARE = 6     /* and a cell filled in so many */
};

/* The sets of one branch, in the order found. */
typedef struct Found {
  int32_t *items;     /* recoded, set after set */
  size_t used, room;
  struct FoundSet {
    int64_t count;
    uint32_t length;
  } *sets;
  size_t n, sets_room;
  atomic_size_t bytes;  /* of both, used */
  bool done;
} Found;

typedef struct Piece {
  size_t n, cells;
  const uint32_t *offsets; /* n + 1 */
  const int32_t *items;
} Piece;

/* Memory that grows and shrinks like a stack. Blocks keep their places. */
typedef struct Stack {
  struct StackBlock *block;
} Stack;

typedef struct StackMark {
  struct StackBlock *block;
  size_t used;
} StackMark;

typedef struct Miner {
  const ItemsetsLimits *limits;
  Task *task;
  size_t frequent;         /* items */
  const int64_t *counts;   /* of each */
  Piece all;               /* recoded baskets */
  const uint32_t *places;  /* for each item, where it stands in which basket: */
  const uint32_t *rows;    /* places[starts[i] ..], basket rows[...] */
  const size_t *starts;
  Found *found;            /* per branch */
  struct Search *searches; /* per worker */
  atomic_size_t bytes;     /* of all sets found */
  atomic_size_t cut;       /* branches from here on are past the limit of memory */
  atomic_bool failed;      /* memory ran out */
} Miner;

typedef struct Search {
  Miner *miner;
  size_t branch;           /* at hand, */
  Found *found;            /* and its sets */
  Stack stack;
  uint32_t *counter;       /* per item, zero between uses */
  int32_t *local;          /* per item: its number among those left */
  uint32_t table[1 << TABLE_ITEMS];
  int32_t prefix[DEPTH_MOST];
  size_t depth;            /* items in prefix */
} Search;

/* All sets of the piece's items, each with the prefix: `items` are the frequent ones in rising order, `counts` how often
 * they occur. Each chooses the way for what is left. False: stopped, or memory ran out. */
bool search_piece(Search *search, const Piece *piece, const int32_t *items, const uint32_t *counts, size_t n);
bool search_table(Search *search, const Piece *piece, const int32_t *items, size_t n);
bool search_bitmaps(Search *search, const Piece *piece, const int32_t *items, const uint32_t *counts, size_t n);

/* The baskets left over for one item: cut down to the items before it. */
typedef struct Occurrences {
  const Piece *piece;
  const uint32_t *row, *place; /* basket, and where the item stands */
  size_t n;
} Occurrences;

/* The sets that end in the prefix's last item, out of n_items possible ones. `names` are these items' numbers of the
 * whole search, NULL when they are these already. */
bool search_occurrences(Search *search, const Occurrences *from, size_t n_items, const int32_t *names);

/* Notes the prefix with one more item (item < 0: as it is). False as above. */
bool search_emit(Search *search, int32_t item, int64_t count);
bool search_may_grow(const Search *search); /* max_length allows a further item after the next */
bool search_stopped(const Search *search);

void *stack_get(Stack *stack, size_t n, size_t size); /* NULL: no memory */
StackMark stack_mark(const Stack *stack);
void stack_return(Stack *stack, StackMark mark);
void stack_free(Stack *stack);

#endif
