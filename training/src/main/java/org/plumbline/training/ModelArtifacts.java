package org.plumbline.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.plumbline.data.Message;
import org.plumbline.data.Prompt;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.ChatMessage;
import org.plumbline.model.chat.ChatTemplates;
import org.plumbline.model.chat.Conversation;
import org.plumbline.model.chat.TokenizerChanges;
import org.plumbline.model.config.GenerationConfig;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.stage.Json;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.UserException;
import org.plumbline.stage.config.Check;

/**
 * Models as stages read and leave them: Hugging Face and PEFT folders with tokenizer and end
 * tokens.
 */
public final class ModelArtifacts {
  private static final String TOOLS = "tools";

  private ModelArtifacts() {}

  /** How a stage loads its base. */
  public static LoadOptions options(Precision precision, boolean trained, String device) {
    return new LoadOptions(precision.dtype(), trained, device);
  }

  /** Refuses an adapter where the weights themselves are to be trained or wrapped anew. */
  public static void requireWhole(Path folder) {
    if (ModelBundle.isAdapter(folder)) {
      throw new UserException(
          "model=%s is an adapter; merge it first: plumbline merge --model %s --output DIR"
              .formatted(folder, folder));
    }
  }

  /**
   * The keys {@code template} and {@code replace_template} of a stage, checked: the name spelled
   * with hyphens, and known.
   */
  public static Optional<String> checkedTemplate(
      String stage, Optional<String> template, boolean replace) {
    Optional<String> name = template.map(text -> text.replace('_', '-'));
    name.ifPresent(text -> Check.oneOf(stage + ".template", text, ChatTemplates.names()));
    Check.that(
        !replace || name.isPresent(),
        () -> stage + ".replace_template=true needs the template's name, " + stage + ".template");
    return name.filter(ChatTemplates.names()::contains);
  }

  /** Says which chat template a stage gives a model, and which gives way to it. */
  public static void sayTemplate(TokenizerChanges changes, Path folder, RunContext context) {
    changes
        .template()
        .ifPresent(
            name ->
                context.say(
                    "%s: chat template %s, %s"
                        .formatted(
                            context.stageName(),
                            name,
                            changes
                                .replaced(folder)
                                .map(other -> "which replaces " + other)
                                .orElse(
                                    ChatTemplates.hasOwn(folder)
                                        ? "as the model has it already"
                                        : "written beside the tokenizer; the model had none"))));
  }

  /** A prompt as the model's template takes it. */
  public static List<ChatMessage> messages(Prompt prompt) {
    return prompt.messages().stream().map(ModelArtifacts::message).toList();
  }

  /** A prompt with the tools that its row gives. */
  public static Conversation conversation(Prompt prompt) {
    JsonNode tools = prompt.meta().get(TOOLS);
    return tools == null
        ? Conversation.of(messages(prompt))
        : Conversation.of(messages(prompt), tools);
  }

  /** A turn with all its fields: tool calls, the name of a tool, what else a template reads. */
  public static ChatMessage message(Message message) {
    if (message.extra().isEmpty()) {
      return new ChatMessage(message.role(), message.content());
    }
    ObjectNode json = Json.mapper().createObjectNode();
    json.put("role", message.role()).put("content", message.content());
    return ChatMessage.of(json.setAll(message.extra()));
  }

  /** Writes the base, its tokenizer and its end tokens into the stage's directory. */
  public static void saveModel(TransformerModel model, ChatEncoder encoder, Path directory) {
    model.save(directory);
    saveText(model, encoder, directory);
  }

  /** Writes an adapter, which names its base's folder, and its tokenizer. */
  public static void saveAdapter(
      TransformerModel model, Adapter adapter, ChatEncoder encoder, Path base, Path directory) {
    model.saveAdapter(adapter, directory, base);
    encoder.tokenizer().copyFiles(directory);
  }

  private static void saveText(TransformerModel model, ChatEncoder encoder, Path directory) {
    encoder.tokenizer().copyFiles(directory);
    SpecialIds ids = model.config().specialIds();
    List<Integer> stops = encoder.stopIds().stream().sorted().toList();
    GenerationConfig.of(new SpecialIds(ids.bos(), stops, ids.pad())).write(directory);
  }
}
