/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every number of the file is checked before it is used: the file may be anything. Reference: System V ABI, ELF. */
#include "plug/elf_check.h"

#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <string.h>

#include "core/alloc.h"
#include "core/file.h"

enum { LIBRARY_BYTES = 1 << 30 };

typedef struct Image {
  const char *path, *bytes;
  size_t size;
  ElfW(Ehdr) head;
} Image;

static Status bad(const Image *image, const char *what, Error *e)
{
  error_set(e, STATUS_FORMAT, "bad-plugin", _("'%1$s' is not a plugin of assay: %2$s"), image->path, what);
  return error_hint(e, _("build it again: make"));
}

/* Copies `n` bytes at an offset; false when the file does not have them. */
static bool take(const Image *image, uint64_t offset, void *out, size_t n)
{
  if (offset > image->size || n > image->size - offset) {
    return false;
  }
  memcpy(out, image->bytes + offset, n);
  return true;
}

static Status check_head(Image *image, Error *e)
{
  const unsigned class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
  const unsigned order = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
  if (!take(image, 0, &image->head, sizeof image->head) || memcmp(image->head.e_ident, ELFMAG, SELFMAG) != 0) {
    return bad(image, _("it is no shared object (ELF)"), e);
  }
  if (image->head.e_ident[EI_CLASS] != class || image->head.e_ident[EI_DATA] != order || image->head.e_type != ET_DYN) {
    return bad(image, _("it is no shared object of this kind of machine"), e);
  }
  return STATUS_OK;
}

/* All segments lie within the file. */
static Status check_segments(const Image *image, Error *e)
{
  for (size_t i = 0; i < image->head.e_phnum; i++) {
    ElfW(Phdr) segment;
    if (!take(image, image->head.e_phoff + i * sizeof segment, &segment, sizeof segment) ||
        (segment.p_type == PT_LOAD &&
         (segment.p_offset > image->size || segment.p_filesz > image->size - segment.p_offset))) {
      return bad(image, _("the file is cut short"), e);
    }
  }
  return STATUS_OK;
}

/* Where in the file an address of the program's memory comes from. */
static bool file_offset(const Image *image, uint64_t address, uint64_t *offset)
{
  for (size_t i = 0; i < image->head.e_phnum; i++) {
    ElfW(Phdr) segment;
    if (take(image, image->head.e_phoff + i * sizeof segment, &segment, sizeof segment) && segment.p_type == PT_LOAD &&
        address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz) {
      *offset = segment.p_offset + (address - segment.p_vaddr);
      return true;
    }
  }
  return false;
}

/* Whether the string at an offset of the string table is `name`. */
static bool is_named(const Image *image, const ElfW(Shdr) *strings, uint64_t at, const char *name)
{
  const size_t n = strlen(name) + 1;
  char text[64];
  return at < strings->sh_size && strings->sh_offset <= image->size && n <= sizeof text &&
         take(image, strings->sh_offset + at, text, n) && memcmp(text, name, n) == 0;
}

/* The offset of a data symbol among those that a section of dynamic symbols defines. */
static bool find_symbol(const Image *image, const ElfW(Shdr) *symbols, const char *name, uint64_t *offset)
{
  ElfW(Shdr) strings;
  if (symbols->sh_link >= image->head.e_shnum ||
      !take(image, image->head.e_shoff + symbols->sh_link * sizeof strings, &strings, sizeof strings)) {
    return false;
  }
  for (uint64_t at = 0; at < symbols->sh_size; at += sizeof(ElfW(Sym))) {
    ElfW(Sym) symbol;
    if (symbols->sh_offset > image->size || !take(image, symbols->sh_offset + at, &symbol, sizeof symbol)) {
      return false;
    }
    if (symbol.st_shndx != SHN_UNDEF && is_named(image, &strings, symbol.st_name, name)) {
      return file_offset(image, symbol.st_value, offset);
    }
  }
  return false;
}

static Status check_block(const Image *image, Error *e)
{
  for (size_t i = 0; i < image->head.e_shnum; i++) {
    ElfW(Shdr) section;
    uint64_t offset;
    if (take(image, image->head.e_shoff + i * sizeof section, &section, sizeof section) &&
        section.sh_type == SHT_DYNSYM && find_symbol(image, &section, "assay_plugin", &offset)) {
      return plugin_check(image->path, image->bytes + offset, image->size - offset, e);
    }
  }
  return bad(image, _("it has no block assay_plugin"), e);
}

static Status other_abi(const char *path, const char *what, uint32_t theirs, uint32_t ours, Error *e)
{
  error_set(e, STATUS_STATE, "plugin-abi", _("'%1$s' was built for another assay: %2$s is %3$u there and %4$u here"),
            path, what, theirs, ours);
  return error_hint(e, _("build it again against the headers of this program"));
}

Status plugin_check(const char *path, const void *block, size_t size, Error *e)
{
#define PLUGIN_NAME(type) "sizeof(" #type ")",
  static const char *const names[] = {PLUGIN_TYPES(PLUGIN_NAME)};
  static const uint32_t sizes[] = {PLUGIN_TYPES(PLUGIN_SIZEOF)};
  const Image image = {.path = path};
  Plugin plugin = {0};
  memcpy(&plugin, block, size < sizeof plugin ? size : sizeof plugin);
  if (strncmp(plugin.magic, PLUGIN_MAGIC, sizeof plugin.magic) != 0) {
    return bad(&image, _("its block assay_plugin does not begin as it should"), e);
  }
  if (plugin.abi != ASSAY_ABI) {
    return other_abi(path, "ASSAY_ABI", plugin.abi, ASSAY_ABI, e);
  }
  if (plugin.size != sizeof plugin || size < sizeof plugin) {
    return other_abi(path, "sizeof(Plugin)", plugin.size, sizeof plugin, e);
  }
  for (size_t i = 0; i < PLUGIN_SIZES; i++) {
    if (plugin.sizes[i] != sizes[i]) {
      return other_abi(path, names[i], plugin.sizes[i], sizes[i], e);
    }
  }
  return STATUS_OK;
}

Status elf_check(const char *path, Error *e)
{
  char *bytes = NULL;
  Image image = {.path = path};
  Status status;
  TRY(file_read(path, LIBRARY_BYTES, &bytes, &image.size, e));
  image.bytes = bytes;
  TRY(check_head(&image, e));
  TRY(check_segments(&image, e));
  TRY(check_block(&image, e));
done:
  mem_free(bytes);
  return status;
}
