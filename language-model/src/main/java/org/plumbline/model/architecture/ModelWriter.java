package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.LowRank;
import org.plumbline.model.adapter.Rescale;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.TensorSpec;
import org.plumbline.model.safetensors.WeightFolderWriter;
import org.plumbline.model.tensor.Parameter;

/** Writes a base model, adapters merged or not, as config.json and safetensors. */
final class ModelWriter {
  private ModelWriter() {}

  static void write(
      Path folder,
      TransformerConfig config,
      BaseWeights base,
      List<Adapter> merged,
      KernelScript kernels,
      NDManager manager) {
    merged.forEach(adapter -> requireMergeable(adapter, base));
    DType stored = base.trained() ? DType.F32 : config.dtype();
    TransformerConfig target =
        untied(config, base, merged) ? config.withTiedEmbeddings(false) : config;
    List<TensorRef> refs = TensorLayout.of(target).all();
    List<TensorSpec> specs = new ArrayList<>();
    for (TensorRef ref : refs) {
      long[] shape = ref.shape().stream().mapToLong(Long::longValue).toArray();
      specs.add(new TensorSpec(ref.name(), stored, shape));
    }
    target.withDtype(stored).write(folder);
    try (WeightFolderWriter writer = WeightFolderWriter.create(folder, specs)) {
      for (TensorRef ref : refs) {
        try (NDManager scope = manager.newSubManager()) {
          NDArray value = base.export(ref, scope);
          for (Adapter adapter : merged) {
            value = merge(kernels, scope, value, adapter, ref, base);
          }
          writer.write(ref.name(), base.carrier().toBytes(value, stored));
        }
      }
      writer.finish();
    }
  }

  /** Whether adapters leave embeddings and an output head that were one as two. */
  private static boolean untied(TransformerConfig config, BaseWeights base, List<Adapter> merged) {
    if (!tied(base.layout())) {
      return false;
    }
    TensorRef table = base.layout().get(Role.TOKEN_EMBEDDING, -1, false);
    Optional<NDArray> embeddings = BaseWeights.whole(table, merged).map(Parameter::value);
    Optional<NDArray> head =
        TensorLayout.outputHead(config)
            .flatMap(ref -> BaseWeights.whole(ref, merged))
            .map(Parameter::value);
    boolean alike =
        embeddings.isPresent() && head.isPresent()
            ? embeddings.get().contentEquals(head.get())
            : embeddings.isEmpty() && head.isEmpty();
    return !alike;
  }

  private static boolean tied(TensorLayout layout) {
    return layout.find(Role.LM_HEAD, -1, false).isEmpty()
        && layout.find(Role.SCORE, -1, false).isEmpty();
  }

  /** As {@link TransformerModel#requireMergeable}. */
  static void requireMergeable(Adapter adapter, BaseWeights base) {
    String who = "adapter %s (%s)".formatted(adapter.name(), adapter.method().peftType());
    if (!adapter.method().mergeable()) {
      throw new IllegalArgumentException(
          who
              + " cannot be merged: what it adds is no change of the base's weights; use it beside its base");
    }
    TensorRef table = base.layout().get(Role.TOKEN_EMBEDDING, -1, false);
    if (tied(base.layout()) && adapter.lowRank(table).isPresent()) {
      throw new IllegalArgumentException(
          who
              + " cannot be merged: it changes embeddings that are its base's output head too; use it beside its base");
    }
  }

  /** A tensor with what the adapter does to it, in the stored orientation. */
  private static NDArray merge(
      KernelScript kernels,
      NDManager scope,
      NDArray value,
      Adapter adapter,
      TensorRef ref,
      BaseWeights base) {
    if (ref.role() == Role.SCORE && !ref.bias() && adapter.head().isPresent()) {
      return adapter.head().get().value();
    }
    NDArray merged = adapter.whole(ref).map(Parameter::value).orElse(value);
    Optional<LowRank> pair = adapter.lowRank(ref);
    if (pair.isPresent()) {
      NDArray down = pair.get().down().value();
      if (pair.get().singular().isPresent()) {
        NDArray e = pair.get().singular().get().value();
        down = kernels.one(scope, false, "scale_rows", down, e);
      }
      merged =
          kernels.one(
              scope,
              false,
              "merge_stored",
              merged,
              down,
              pair.get().up().value(),
              pair.get().scale(),
              pair.get().magnitude().map(Parameter::value).orElse(base.empty()),
              ref.transposed() || ref.role() == Role.TOKEN_EMBEDDING);
    }
    Optional<Rescale> factors = rescale(adapter, ref, base);
    if (factors.isPresent()) {
      NDArray by = factors.get().factors().value();
      merged =
          ref.bias()
              ? kernels.one(scope, false, "times", merged, by.flatten())
              : kernels.one(scope, false, "rescale_stored", merged, by, ref.transposed());
    }
    return merged;
  }

  /** Factors on a weight, or on the outputs that a bias is part of. */
  private static Optional<Rescale> rescale(Adapter adapter, TensorRef ref, BaseWeights base) {
    if (!ref.bias()) {
      return adapter.rescale(ref);
    }
    return base.layout()
        .find(ref.role(), ref.layer(), false)
        .flatMap(adapter::rescale)
        .filter(factor -> !factor.inputs());
  }
}
