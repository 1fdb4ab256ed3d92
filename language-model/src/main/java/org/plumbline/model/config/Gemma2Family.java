package org.plumbline.model.config;

/** Gemma 2 (Gemma Team 2024): soft caps; every other layer sees a window. */
final class Gemma2Family extends GemmaLike {
  Gemma2Family() {
    super("gemma2", "Gemma2");
  }

  @Override
  double defaultScoreCap() {
    return 50;
  }

  @Override
  double defaultLogitCap() {
    return 30;
  }

  @Override
  int fullLayerEvery(ConfigKeys keys) {
    return 2;
  }
}
