package org.plumbline.model.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.safetensors.DType;

/**
 * A decoder as its config.json describes it, families' spellings removed.
 *
 * @param intermediateSize width inside the MLP
 * @param kvHeads key and value heads; each serves heads / kvHeads query heads
 * @param maxPositions longest sequence, in tokens, that the model was made for
 * @param gatedMlp down(act(gate(x)) * up(x)) rather than down(act(up(x)))
 * @param rope empty where positions are learned embeddings or linear biases
 * @param localRope of layers with a window, where they turn otherwise (Gemma 3)
 * @param experts in place of the MLPs
 * @param tokenTypes kinds of tokens with an embedding of their own; 0 without
 * @param tiedEmbeddings the language-model head is the token embedding
 * @param numLabels present for classification heads only
 * @param dtype of the stored weights, as the config says; F32 where it is silent
 * @param source the JSON as it was read, written back on saving with the keys it had
 */
public record TransformerConfig(
    String modelType,
    Head head,
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int maxPositions,
    Normalization norm,
    Activation activation,
    boolean gatedMlp,
    Optional<Rope> rope,
    Optional<Rope> localRope,
    Biases biases,
    AttentionShape attention,
    Optional<Experts> experts,
    OutputShape output,
    int tokenTypes,
    boolean tiedEmbeddings,
    SpecialIds specialIds,
    OptionalInt numLabels,
    DType dtype,
    ObjectNode source) {
  private static final String FILE = "config.json";

  public TransformerConfig {
    source = source.deepCopy();
  }

  /**
   * Reads {@code config.json} of a model folder, in the spelling of transformers 4 or 5.
   *
   * @throws ModelFormatException naming the key that is missing, wrong or unknown
   */
  public static TransformerConfig read(Path folder) {
    Path file = folder.resolve(FILE);
    return parse(file, JsonFiles.read(file));
  }

  /**
   * Reads the content of a {@code config.json} that stands in no folder.
   *
   * @throws ModelFormatException as {@link #read}
   */
  public static TransformerConfig of(ObjectNode json) {
    return reparsed(json);
  }

  static TransformerConfig parse(Path file, ObjectNode json) {
    String modelType = json.path("model_type").asText("");
    if (modelType.isEmpty()) {
      throw new ModelFormatException(
          "%s has no model_type; supported: %s"
              .formatted(file, String.join(", ", ModelFamilies.supported())));
    }
    ModelFamily family = ModelFamilies.of(file, modelType);
    ConfigKeys keys = new ConfigKeys(file, json);
    TransformerConfig config = family.read(keys);
    keys.finish();
    return config;
  }

  /** Writes {@code config.json} with the keys it was read with. */
  public void write(Path folder) {
    JsonFiles.write(folder.resolve(FILE), source);
  }

  @Override
  public ObjectNode source() {
    return source.deepCopy();
  }

  /** Factor on q·k before the softmax of this layer. */
  public double attentionScale(int layer) {
    return attention.scaledByInverseLayer() ? attention.scale() / (layer + 1) : attention.scale();
  }

  /** How many positions a query of this layer sees, its own included; 0 = all before it. */
  public int window(int layer) {
    return attention.windows().get(layer);
  }

  /** The same trunk under a head of {@code labels} outputs; 1 is a reward or value model. */
  public TransformerConfig asClassifier(int labels) {
    return withHead(
        Head.SEQUENCE_CLASSIFICATION,
        IntStream.range(0, labels).mapToObj(label -> "LABEL_" + label).toList());
  }

  /** The same trunk under a language-model head. */
  public TransformerConfig asLanguageModel() {
    return withHead(Head.LANGUAGE_MODEL, List.of());
  }

  /**
   * The same trunk under another head.
   *
   * @param labels names of the classes of a classification head, else empty
   * @throws ModelFormatException where the family has no such head
   */
  public TransformerConfig withHead(Head newHead, List<String> labels) {
    ModelFamily family = ModelFamilies.of(Path.of(FILE), modelType);
    if (!family.heads().contains(newHead)) {
      throw new ModelFormatException(
          "model_type %s has no head for %s; it has: %s"
              .formatted(
                  modelType,
                  newHead.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                  family.heads().stream()
                      .map(known -> known.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                      .collect(Collectors.joining(", "))));
    }
    ObjectNode json = source();
    json.remove("num_labels");
    json.remove("problem_type");
    json.remove("id2label");
    json.remove("label2id");
    json.putArray("architectures").add(family.className(newHead));
    if (!labels.isEmpty()) {
      ObjectNode names = json.putObject("id2label");
      ObjectNode ids = json.putObject("label2id");
      for (int label = 0; label < labels.size(); label++) {
        names.put(Integer.toString(label), labels.get(label));
        ids.put(labels.get(label), label);
      }
    }
    return reparsed(json);
  }

  /** Names of the classes in the order of the outputs; empty without a classification head. */
  public List<String> labels() {
    List<String> labels = new ArrayList<>();
    for (int label = 0; label < numLabels.orElse(0); label++) {
      labels.add(source.path("id2label").path(Integer.toString(label)).asText("LABEL_" + label));
    }
    return labels;
  }

  /** Whether the folder says that its weights are packed. */
  public boolean quantized() {
    return source.hasNonNull(QuantizationKeys.KEY);
  }

  /** Fingerprint of the weights before they were packed, where the folder says it. */
  public Optional<String> sha256BeforePacking() {
    String digest = source.path(QuantizationKeys.KEY).path(QuantizationKeys.BASE_SHA256).asText();
    return Optional.of(digest).filter(text -> !text.isEmpty());
  }

  /**
   * The same model with packed weights.
   *
   * @param quantization {@code quantization_config} as transformers writes it
   * @param sha256 fingerprint of the weights before
   */
  public TransformerConfig withQuantization(ObjectNode quantization, String sha256) {
    ObjectNode json = source();
    json.set(
        QuantizationKeys.KEY, quantization.deepCopy().put(QuantizationKeys.BASE_SHA256, sha256));
    return reparsed(json);
  }

  /** The same model to be stored in a float type, be it packed so far. */
  public TransformerConfig withDtype(DType newDtype) {
    ObjectNode json = source();
    json.remove(QuantizationKeys.KEY);
    if (json.has("torch_dtype")) {
      json.put("torch_dtype", newDtype.torchName());
    }
    if (json.has("dtype") || !json.has("torch_dtype")) {
      json.put("dtype", newDtype.torchName());
    }
    return reparsed(json);
  }

  /** The same model with an output head of its own, or with its embeddings as one. */
  public TransformerConfig withTiedEmbeddings(boolean tied) {
    ObjectNode json = source();
    json.put("tie_word_embeddings", tied);
    return reparsed(json);
  }

  /** The same model with another number of token ids. */
  public TransformerConfig withVocabSize(int size) {
    ObjectNode json = source();
    json.put(json.has("padded_vocab_size") ? "padded_vocab_size" : "vocab_size", size);
    return reparsed(json);
  }

  /** The same model with other special tokens. */
  public TransformerConfig withSpecialIds(SpecialIds ids) {
    ObjectNode json = source();
    ConfigKeys.putSpecialIds(json, ids);
    return reparsed(json);
  }

  private static TransformerConfig reparsed(ObjectNode json) {
    return parse(Path.of(FILE), json);
  }
}
