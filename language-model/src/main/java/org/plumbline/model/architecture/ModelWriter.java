package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.lora.LoraAdapter;
import org.plumbline.model.lora.LoraPair;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.TensorSpec;
import org.plumbline.model.safetensors.WeightFolderWriter;

/** Writes a base model, adapters merged or not, as config.json and safetensors. */
final class ModelWriter {
  private ModelWriter() {}

  static void write(
      Path folder,
      TransformerConfig config,
      BaseWeights base,
      List<LoraAdapter> merged,
      KernelScript kernels,
      NDManager manager) {
    DType stored = base.trained() ? DType.F32 : config.dtype();
    List<TensorSpec> specs = new ArrayList<>();
    for (TensorRef ref : base.layout().all()) {
      long[] shape = ref.shape().stream().mapToLong(Long::longValue).toArray();
      specs.add(new TensorSpec(ref.name(), stored, shape));
    }
    config.withDtype(stored).write(folder);
    try (WeightFolderWriter writer = WeightFolderWriter.create(folder, specs)) {
      for (TensorRef ref : base.layout().all()) {
        try (NDManager scope = manager.newSubManager()) {
          NDArray value = base.export(ref, scope);
          for (LoraAdapter adapter : merged) {
            Optional<LoraPair> pair = adapter.pair(ref);
            if (pair.isPresent()) {
              value = merge(kernels, scope, value, pair.get(), ref.transposed());
            }
          }
          writer.write(ref.name(), base.carrier().toBytes(value, stored));
        }
      }
      writer.finish();
    }
  }

  private static NDArray merge(
      KernelScript kernels, NDManager scope, NDArray value, LoraPair pair, boolean transposed) {
    return kernels.one(
        scope,
        false,
        "merge_stored",
        value,
        pair.down().value(),
        pair.up().value(),
        pair.scale(),
        transposed);
  }
}
