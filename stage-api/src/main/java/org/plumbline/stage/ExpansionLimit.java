package org.plumbline.stage;

/**
 * How far packed data may expand. Text packs 3- to 30-fold, a log of equal lines perhaps 100-fold;
 * gzip's bound is about 1000-fold, zstd has none.
 *
 * @param free bytes that may come out of anything
 * @param ratio most bytes out per byte in, once more than {@code free} came out
 * @param most most bytes out
 */
record ExpansionLimit(long free, long ratio, long most) {
  static final ExpansionLimit USUAL = new ExpansionLimit(16L << 20, 200, 1L << 40);

  boolean exceeded(long packed, long unpacked) {
    return unpacked > most || (unpacked > free && unpacked / Math.max(1, packed) > ratio);
  }
}
