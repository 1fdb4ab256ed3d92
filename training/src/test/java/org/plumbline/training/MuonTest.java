package org.plumbline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.plumbline.model.engine.Engine;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.model.tensor.TensorCarrier;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;

/**
 * Against torch.optim.Muon of torch 2.15 (lr 0.1, weight_decay 0.1, momentum 0.95, nesterov,
 * adjust_lr_fn match_rms_adamw): two steps on a 3×4 matrix and its transpose.
 */
class MuonTest {
  private static final float[] WIDE = {
    -0.507575f,
    -0.389165f,
    -0.338513f,
    -0.230905f,
    -0.082955f,
    -0.045097f,
    0.059841f,
    0.226337f,
    0.272585f,
    0.337618f,
    0.525409f,
    0.562929f
  };
  private static final float[][] GRADIENTS = {
    {.3f, -.1f, .2f, .05f, -.4f, .25f, .1f, -.2f, .15f, .35f, -.3f, .1f},
    {-.2f, .1f, .3f, .4f, .2f, -.05f, .15f, .1f, .05f, .2f, -.1f, .25f}
  };

  private static OptimizerConfig muon(double weightDecay) {
    return ConfigReader.read(
        OptimizerConfig.class,
        LocatedYaml.parse("test", "{kind: muon, weight_decay: %s}".formatted(weightDecay)),
        "optimizer");
  }

  @Test
  void matricesOfLayersMoveAsInTorch() {
    try (NDManager manager = Engine.manager("cpu");
        TensorCarrier carrier = new TensorCarrier(manager)) {
      float[] start = {-.5f, -.4f, -.3f, -.2f, -.1f, 0, .1f, .2f, .3f, .4f, .5f, .6f};
      Parameter wide = parameter(manager, "model.layers.0.a.weight", start, 3, 4);
      Parameter tall = parameter(manager, "model.layers.0.b.weight", turned(start, 3, 4), 4, 3);
      Optimizer optimizer = new Optimizer(muon(0.1), manager, List.of(wide, tall));
      for (float[] gradient : GRADIENTS) {
        optimizer.step(
            List.of(
                manager.create(gradient, new Shape(3, 4)),
                manager.create(turned(gradient, 3, 4), new Shape(4, 3))),
            0.1);
      }
      // Orthogonalised in bfloat16: 8 bits of each update of about 0.04.
      assertThat(carrier.floats(wide.value())).containsExactly(WIDE, within(1e-3f));
      assertThat(carrier.floats(tall.value())).containsExactly(turned(WIDE, 3, 4), within(1e-3f));
    }
  }

  @Test
  void embeddingsAndVectorsMoveAsUnderAdamW() {
    try (NDManager manager = Engine.manager("cpu");
        TensorCarrier carrier = new TensorCarrier(manager)) {
      float[] start = {1, 2, 3, 4};
      List<Parameter> ours =
          List.of(
              parameter(manager, "model.embed_tokens.weight", start, 2, 2),
              parameter(manager, "model.layers.0.norm.weight", start, 4));
      List<Parameter> adam =
          List.of(
              parameter(manager, "model.embed_tokens.weight", start, 2, 2),
              parameter(manager, "model.layers.0.norm.weight", start, 4));
      Optimizer optimizer = new Optimizer(muon(0), manager, ours);
      Optimizer reference = new Optimizer(OptimizerConfig.of(OptimizerKind.ADAMW), manager, adam);
      float[] gradient = {.5f, -1, .25f, 2};
      List<NDArray> gradients =
          List.of(manager.create(gradient, new Shape(2, 2)), manager.create(gradient));
      optimizer.step(gradients, 0.01);
      reference.step(gradients, 0.01);
      for (int i = 0; i < 2; i++) {
        assertThat(carrier.floats(ours.get(i).value()))
            .isEqualTo(carrier.floats(adam.get(i).value()))
            .isNotEqualTo(start);
      }
    }
  }

  private static Parameter parameter(
      NDManager manager, String name, float[] values, long... shape) {
    NDArray value = manager.create(values.clone(), new Shape(shape));
    value.setRequiresGradient(true);
    return new Parameter(name, value, () -> {});
  }

  private static float[] turned(float[] values, int rows, int columns) {
    float[] turned = new float[values.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        turned[c * rows + r] = values[r * columns + c];
      }
    }
    return turned;
  }
}
