package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.model.safetensors.SafetensorsWriter;
import org.plumbline.model.safetensors.TensorSpec;
import org.plumbline.model.tensor.TensorCarrier;
import org.plumbline.stage.UserException;

/** Named tensors of a checkpoint, float32 or uint8, in one safetensors file, read in place. */
public final class TensorFiles {
  private TensorFiles() {}

  /** Writes the tensors in the map's order. */
  public static void write(Path file, Map<String, NDArray> tensors, TensorCarrier carrier) {
    List<TensorSpec> specs =
        tensors.entrySet().stream()
            .map(
                e ->
                    new TensorSpec(
                        e.getKey(), dtype(e.getValue()), e.getValue().getShape().getShape()))
            .toList();
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, specs)) {
      tensors.forEach((name, tensor) -> writer.write(name, bytes(tensor, carrier)));
      writer.finish();
    }
  }

  private static DType dtype(NDArray tensor) {
    return tensor.getDataType() == DataType.UINT8 ? DType.U8 : DType.F32;
  }

  private static ByteBuffer bytes(NDArray tensor, TensorCarrier carrier) {
    return dtype(tensor) == DType.U8 ? tensor.toByteBuffer() : carrier.toBytes(tensor, DType.F32);
  }

  /**
   * Reads a file into tensors that exist; every one must be there, so that nothing starts anew in
   * silence.
   *
   * @throws UserException naming the tensor that is missing
   */
  public static void read(Path file, Map<String, NDArray> tensors, TensorCarrier carrier) {
    try (SafetensorsFile stored = SafetensorsFile.open(file)) {
      for (Map.Entry<String, NDArray> tensor : tensors.entrySet()) {
        if (!stored.tensors().containsKey(tensor.getKey())) {
          throw new UserException(
              "%s: tensor %s is missing; the checkpoint is of another configuration. --fresh starts over"
                  .formatted(file, tensor.getKey()));
        }
        carrier.write(tensor.getValue(), stored.readFloats(tensor.getKey()));
      }
    }
  }
}
